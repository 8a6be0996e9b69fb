import { resolve } from "node:path";
import type { Command } from "commander";
import { StudioError } from "../contract/errors.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { placeIn } from "./bucket-place.ts";
import { followTransfer } from "./follow-transfer.ts";
import { printJson } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

/** `bucket put` and `bucket get`: upload and download a file or folder. */
export function transferCommands(signal: AbortSignal): readonly Command[] {
  return [put(signal), get(signal)];
}

interface PutFlags extends StudioFlags {
  readonly partSize?: number;
}

function put(signal: AbortSignal): Command {
  return studioCommand("put", "Uploads a file, or a folder with everything in it.")
    .argument("<path>", "a file or folder")
    .argument("<place>", "CONNECTION/KEY; a file's own name is added to one that ends in a slash")
    .option(
      "--part-size <mebibytes>",
      "size of the parts of a multipart upload (default: 64)",
      mebibytes,
    )
    .action((path: string, wanted: string, flags: PutFlags) =>
      transferring(flags, signal, async (client) => {
        const place = await placeIn(client, wanted);
        const { partSize: partBytes } = flags;
        return client.buckets.upload({ ...place, path: resolve(path), partBytes });
      }),
    );
}

function get(signal: AbortSignal): Command {
  return studioCommand("get", "Downloads an object, or everything below a folder.")
    .argument("<place>", "CONNECTION/KEY; a folder ends with a slash")
    .argument("<out>", "the file, or the folder")
    .option("--force", "overwrite existing files")
    .action((wanted: string, out: string, flags: StudioFlags & { readonly force?: boolean }) =>
      transferring(flags, signal, async (client) => {
        const place = await placeIn(client, wanted);
        return client.buckets.download({ ...place, out: resolve(out), force: flags.force });
      }),
    );
}

/** Starts a transfer and follows it to its end. Repeating an interrupted one resumes it. */
function transferring(
  { dataDir, json }: StudioFlags,
  signal: AbortSignal,
  ask: (client: StudioClient) => Promise<{ readonly transferId: string }>,
): Promise<void> {
  return withStudio(dataDir, async (studio) => {
    const { transferId } = await ask(studio.client);
    await followTransfer(studio, { transferId, signal, isJson: json === true });
    if (json === true) printJson({ type: "done" });
  });
}

function mebibytes(text: string): number {
  const count = Number(text);
  if (text.trim() !== "" && count > 0 && count <= 5120) return Math.round(count * (1 << 20));
  const reason = "it is a number of mebibytes, 5120 at most";
  throw new StudioError("REQUEST_INVALID", { field: "--part-size", value: text, reason });
}
