import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import type { GenerationState } from "../../engine/contract/generation.ts";
import { clientOf } from "../../engine/server/client-of.ts";
import { inferencePids } from "../fakes/inference-pids.ts";
import { studioInProcess } from "../fakes/studio-in-process.ts";

const ROUNDS = 10;
const ASKED = {
  prompt: "two purple fish under water",
  seed: "3",
  steps: 60,
  width: 64,
  height: 64,
};

test.runIf(process.platform === "linux")(
  "kill -9 of the inference process in mid-run: each is named, the next picture is right, none is left",
  async () => {
    const studio = await studioInProcess();
    const { generation, gallery, settings } = clientOf(studio.router);
    await settings.change({ device: "cpu" });

    const ask = async (): Promise<string> =>
      (await generation.enqueue(ASKED)).generationIds[0] ?? "";
    const until = (id: string, state: GenerationState) =>
      vi.waitFor(
        async () => {
          const found = await generation.get({ id });
          expect(found.state).toBe(state);
          return found;
        },
        { timeout: 60_000, interval: 10 },
      );
    const pixelsOf = async (id: string): Promise<string> => {
      const { imageId = "" } = await until(id, "done");
      const opened = await studio.openPicture("image", (await gallery.get({ id: imageId })).id);
      const text = "path" in opened ? readFileSync(opened.path).toString("latin1") : "";
      return text.slice(text.indexOf("IDAT"));
    };

    const right = await pixelsOf(await ask());
    for (let round = 1; round <= ROUNDS; round++) {
      const [killed, next] = [await ask(), await ask()];
      await vi.waitFor(
        async () => {
          const { progress } = await generation.get({ id: killed });
          expect(progress?.step).toBeGreaterThan(round);
        },
        { timeout: 60_000, interval: 2 },
      );
      for (const pid of inferencePids()) process.kill(pid, "SIGKILL");
      const { error } = await until(killed, "failed");
      expect(error?.code).toBe("INFERENCE_CRASHED");
      expect(await pixelsOf(next)).toBe(right);
    }
    await studio.close();
    await vi.waitFor(() => expect(inferencePids()).toEqual([]), { timeout: 5000 });
  },
);
