import { setTimeout as pause } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import type { Generation } from "../../engine/contract/generation.ts";
import { clientOf } from "../../engine/server/client-of.ts";
import { chance } from "../fakes/chance.ts";
import { inferencePids } from "../fakes/inference-pids.ts";
import { studioInProcess } from "../fakes/studio-in-process.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const KILLS = 20;
const KILLS_OF_A_RUN = 4;
const PICTURES = 6;
/** Probing the devices takes about two seconds, loading a third of a second, a picture one second. */
const LONGEST_PAUSE_MS = 1500;

test.runIf(process.platform === "linux")(
  "20 kills while devices are probed, models loaded and pictures drawn: all are drawn, none twice",
  async () => {
    const dataFolder = temporaryFolder();
    const random = chance(10);
    const all: string[] = [];
    let kills = 0;
    let failures = 0;
    while (kills < KILLS) {
      const studio = await studioInProcess({ dataFolder });
      const { generation, gallery } = clientOf(studio.router);
      const asked = { prompt: "two purple fish", seed: "3", steps: 10, count: PICTURES };
      const { generationIds: ids } = await generation.enqueue(asked);
      all.push(...ids);
      const isOver = ({ state }: Generation): boolean => state !== "waiting" && state !== "running";
      const areOver = async (): Promise<boolean> =>
        (await Promise.all(ids.map((id) => generation.get({ id })))).every(isOver);
      const ended = () =>
        vi.waitFor(
          async () => {
            const found = await Promise.all(ids.map((id) => generation.get({ id })));
            expect(found.filter((one) => !isOver(one))).toEqual([]);
            return found;
          },
          { timeout: 120_000, interval: 20 },
        );

      for (let kill = 0; kill < KILLS_OF_A_RUN; kill++) {
        await pause(random() * LONGEST_PAUSE_MS);
        let victims = inferencePids();
        // A killed process starts again only while there is something to draw.
        while (victims.length === 0 && !(await areOver())) {
          await pause(20);
          victims = inferencePids();
        }
        if (victims.length === 0) break;
        for (const pid of victims) process.kill(pid, "SIGKILL");
        // If a picture were tried again before its process's end was noticed, there would be one more failure.
        await vi.waitFor(
          () => expect(inferencePids()).not.toEqual(expect.arrayContaining(victims)),
          20_000,
        );
        kills++;
      }
      const failed = (await ended()).filter(({ state }) => state === "failed");
      failures += failed.length;
      expect(failed.map(({ error }) => error?.code)).toEqual(failed.map(() => "INFERENCE_CRASHED"));
      if (failed.length > 0) await generation.retry({ ids: failed.map(({ id }) => id) });
      expect((await ended()).map(({ state }) => state)).toEqual(ids.map(() => "done"));

      const { days } = await gallery.names({});
      expect(days.flatMap((day) => day.ids).toSorted()).toEqual(all.toSorted());
      await studio.close();
    }
    // Pictures that wait while devices are probed, or while another is drawn, continue to wait.
    expect(failures).toBeLessThan(kills);
    await vi.waitFor(() => expect(inferencePids()).toEqual([]), { timeout: 5000 });
  },
);
