/**
 * A program that runs out of file descriptors and requests work, from an inference process or from the thread that
 * reads replies, as its argument says: twice without success, then after freeing the descriptors. It prints the
 * answers.
 */
import { closeSync, openSync } from "node:fs";
import { StudioError } from "../../engine/contract/errors.ts";
import { PictureThread } from "../../engine/endpoints/picture-thread.ts";
import { pixels } from "../../engine/image/pixels.ts";
import { Supervisor } from "../../engine/runtime/supervisor.ts";

const never = new AbortController().signal;
const supervisor = new Supervisor();
const thread = new PictureThread();
const WORKS: Readonly<Record<string, () => Promise<unknown>>> = {
  process: () => supervisor.request({ kind: "close", session: 1 }, "closing the UNet"),
  thread: () => thread.encode(pixels(1, 1, Uint8Array.of(1, 2, 3)), never),
};
const work = WORKS[process.argv[2] ?? ""];

async function ask(): Promise<string> {
  try {
    await work?.();
    return "answered";
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return `${error.code}: ${error.details["reason"]}`;
  }
}

const taken: number[] = [];
try {
  for (;;) taken.push(openSync("/dev/null", "r"));
} catch {
  // There are no more.
}
const answers = [await ask(), await ask()];
for (const descriptor of taken) closeSync(descriptor);
process.stdout.write(`${[...answers, await ask()].join("\n")}\n`);
supervisor.close();
await thread.close();
