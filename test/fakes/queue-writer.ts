import { writeSync } from "node:fs";
import { Queue } from "../../engine/queue/queue.ts";

/**
 * A program that enqueues, starts and ends generations until it is killed, and prints each action once the queue has
 * confirmed it.
 */
const [path = ""] = process.argv.slice(2);
const queue = Queue.open(path);

function tell(deed: string, id: string): void {
  writeSync(1, `${deed} ${id}\n`);
}

for (let seed = 0; ; seed++) {
  const order = {
    model: "starter",
    prompt: "a dog",
    negativePrompt: "",
    steps: 1,
    guidanceScale: 1,
    width: 64,
    height: 64,
    seed: String(seed),
    scheduler: "ddim",
  } as const;
  const [first = "", second = ""] = queue.add([order, order], { isFirst: seed % 2 === 0 });
  tell("waiting", first);
  tell("waiting", second);
  const running = queue.startNext();
  if (running === undefined) continue;
  tell("running", running.id);
  queue.end(running.id, { state: "done", imageId: `picture-of-${running.id}` });
  tell("done", running.id);
}
