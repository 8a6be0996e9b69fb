import { os } from "@orpc/server";
import { z } from "zod";
import type { StudioBehind } from "../../engine/server/studio-server.ts";

/** A small studio, with a record of its use. */
export interface SmallStudio extends StudioBehind {
  /** The calls, in order. */
  readonly calls: string[];
  /** Number of event streams being read. */
  readers: number;
}

/** A studio of a few procedures, to test what a gate lets through. */
export function smallStudio(pictures: Readonly<Record<string, string>> = {}): SmallStudio {
  const studio: SmallStudio = {
    calls: [],
    readers: 0,
    openPicture: (_kind, id) => {
      studio.calls.push(`picture ${id}`);
      const path = pictures[id];
      if (path !== undefined) return Promise.resolve({ type: "image/png", path });
      return Promise.resolve({ type: "image/webp", bytes: Buffer.from(`picture ${id}`) });
    },
    router: {
      say: os.input(z.object({ text: z.string() })).handler(({ input }) => {
        studio.calls.push(`say ${input.text}`);
        return input.text;
      }),
      weigh: os.input(z.object({ file: z.file() })).handler(({ input }) => {
        studio.calls.push("weigh");
        return { name: input.file.name, size: input.file.size };
      }),
      fail: os.handler((): string => {
        throw new Error("secret words of an inner error");
      }),
      count: os.handler(async function* ({ signal }) {
        studio.readers++;
        try {
          for (let n = 0; ; n++) {
            if (signal?.aborted === true) return;
            yield n;
            await new Promise((resolve) => {
              setTimeout(resolve, 5);
            });
          }
        } finally {
          studio.readers--;
        }
      }),
    },
  };
  return studio;
}
