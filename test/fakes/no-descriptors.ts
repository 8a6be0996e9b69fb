/** A process that runs out of descriptors and asks for inference: twice in vain, then with some given back. */
import { closeSync, openSync } from "node:fs";
import { StudioError } from "../../engine/contract/errors.ts";
import { InferenceClient } from "../../engine/runtime/inference-client.ts";

const taken: number[] = [];

function takeAll(): void {
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch {
    // That was the last one.
  }
}

async function ask(): Promise<string> {
  const client = new InferenceClient();
  try {
    await client.request({ kind: "close", session: 1 }, "closing the UNet");
    return "answered";
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return `${error.code} ${error.details["reason"]}`;
  } finally {
    client.kill();
  }
}

takeAll();
const answers = [await ask(), await ask()];
for (const descriptor of taken) closeSync(descriptor);
process.stdout.write(`${[...answers, await ask()].join("\n")}\n`);
