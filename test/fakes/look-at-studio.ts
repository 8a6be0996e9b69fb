import { writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openOwnStudio } from "../../engine/host.ts";
import { Tokens } from "../../engine/server/tokens.ts";

/** What a studio shows of the stored data, and its notices. */
export interface StudioLook {
  readonly notices: readonly string[];
  readonly waiting: number;
  readonly pictures: number;
  readonly starred: number;
  readonly theme: string;
}

/** Opens the studio of a data folder, reads it once its gallery is complete, and closes it. */
export async function lookAtStudio(dataFolder: string): Promise<StudioLook> {
  const tokens = await Tokens.open(dataFolder);
  const studio = await openOwnStudio(dataFolder);
  try {
    const { machine, queue, gallery, settings } = studio.client;
    await gallery.rebuild();
    while ((await gallery.facets()).total === 0) await sleep(10);
    const { total, starred } = await gallery.facets();
    return {
      notices: [...tokens.notices, ...(await machine.get()).notices.map(({ text }) => text)],
      waiting: (await queue.get()).generations.filter(({ state }) => state === "waiting").length,
      pictures: total,
      starred,
      theme: (await settings.get()).theme,
    };
  } finally {
    await studio.close();
  }
}

// As a program, for another user: `node look-at-studio.ts FOLDER`.
const [, program, folder] = process.argv;
if (program === join(import.meta.dirname, "look-at-studio.ts") && folder !== undefined) {
  writeSync(1, JSON.stringify(await lookAtStudio(folder)));
}
