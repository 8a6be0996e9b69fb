import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Queue } from "../../engine/queue/queue.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const WRITER = join(import.meta.dirname, "../fakes/queue-writer.ts");
/** `KILLS=100` is what is promised; the default of forty takes two fifths of the time. */
const ROUNDS = Number(process.env["KILLS"] ?? 40);

/** Lets a writer work on the queue for a while, kills it, and returns what the writer reported, by id. */
async function writeAndKill(path: string, ms: number): Promise<Map<string, string>> {
  const child = spawn(process.execPath, [WRITER, path], { stdio: ["ignore", "pipe", "inherit"] });
  const told = new Map<string, string>();
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    const [deed = "", id = ""] = line.split(" ");
    if (id.length === 36) told.set(id, deed);
  });
  await once(lines, "line");
  await sleep(ms);
  child.kill("SIGKILL");
  await once(child, "close");
  return told;
}

/** Whether a queue that was reopened may contain `found` after `told` was reported. */
function mayFollow(told: string, found: string | undefined): boolean {
  // What was reported is the minimum; the kill may have come between a commit and its report.
  const ways: Readonly<Record<string, readonly string[]>> = {
    waiting: ["waiting", "interrupted", "done"],
    running: ["interrupted", "done"],
    done: ["done"],
  };
  return found !== undefined && (ways[told]?.includes(found) ?? false);
}

test(`kill -9 ${ROUNDS} times: nothing confirmed is lost, and nothing is left running`, async () => {
  const path = join(temporaryFolder(), "queue.sqlite");
  const told = new Map<string, string>();
  const wrong: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [id, deed] of await writeAndKill(path, (round * 7) % 40)) told.set(id, deed);
    const queue = Queue.open(path);
    for (const [id, deed] of told) {
      const { state, imageId } = queue.get(id);
      const isWhole = state !== "done" || imageId === `picture-of-${id}`;
      if (!mayFollow(deed, state) || !isWhole) wrong.push(`${id} was ${deed}, is ${state}`);
      told.set(id, state);
    }
    const running = queue.list().filter(({ state }) => state === "running");
    if (running.length > 0) wrong.push(`${running.length} run`);
    // Interrupted generations may become anything again; they are not followed further.
    for (const [id, state] of told) if (state !== "waiting" && state !== "done") told.delete(id);
    queue.close();
  }
  expect({ wrong, isTold: told.size > ROUNDS }).toEqual({ wrong: [], isTold: true });
});
