import { MAX_IDS } from "../../engine/contract/image-id.ts";

/** Runs a command on any number of pictures, in parts of the size that one call accepts, one after another. */
export async function inParts(
  ids: readonly string[],
  command: (part: string[]) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < ids.length; start += MAX_IDS)
    await command(ids.slice(start, start + MAX_IDS));
}
