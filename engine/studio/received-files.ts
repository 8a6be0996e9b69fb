import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { memberPath } from "../archive/member-path.ts";
import type { ReceivedPart } from "../contract/bucket-transfers.ts";
import { StudioError } from "../contract/errors.ts";
import { systemCode } from "../files/system-error.ts";

/**
 * Files that a page sends in parts, since it knows no path of this machine. What comes under one id, a file
 * or a folder, lies in a folder of its own until the transfer of that id has sent it on.
 */
export class ReceivedFiles {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, "received");
  }

  /**
   * Adds a part to a file, and gives the id that the rest comes under. Refuses as REQUEST_INVALID a path
   * that leads elsewhere, and a part out of turn.
   */
  async take({ id = randomUUID(), path, offset, part }: ReceivedPart): Promise<{ id: string }> {
    const place = join(this.#folder, id, ...stepsOf(path));
    const bytes = new Uint8Array(await part.arrayBuffer());
    await mkdir(dirname(place), { recursive: true });
    await using file = await open(place, offset === 0 ? "wx" : "r+").catch((error: unknown) =>
      Promise.reject(outOfTurn(path, error)),
    );
    if ((await file.stat()).size !== offset) throw outOfTurn(path);
    await file.write(bytes, 0, bytes.length, offset);
    return { id };
  }

  /** Where the file or folder lies that came under an id. Refuses as NOT_FOUND where none has. */
  async pathOf(id: string): Promise<string> {
    const [name] = await readdir(join(this.#folder, id)).catch(() => []);
    if (name === undefined) throw new StudioError("NOT_FOUND", { what: "received file", id });
    return join(this.#folder, id, name);
  }

  async discard(id: string): Promise<void> {
    await rm(join(this.#folder, id), { recursive: true, force: true });
  }

  /** Deletes what nobody sends on any more: a page was closed, or its transfer is forgotten. */
  async sweep(mayNeed: (id: string) => boolean): Promise<void> {
    const ids = await readdir(this.#folder).catch(() => []);
    for (const id of ids) if (!mayNeed(id)) await this.discard(id);
  }
}

/** The steps of a path that leads to a file below the folder, whatever the system. */
function stepsOf(path: string): readonly string[] {
  try {
    const steps = memberPath(path, path).split("/");
    if (steps.at(-1) !== "") return steps;
  } catch {
    // Said below in the words of a file rather than an archive.
  }
  const reason = "its name has characters that not every system allows; rename it";
  throw new StudioError("REQUEST_INVALID", { field: "The file", value: path, reason });
}

function outOfTurn(path: string, cause?: unknown): unknown {
  const code = systemCode(cause);
  if (cause !== undefined && code !== "EEXIST" && code !== "ENOENT") return cause;
  const reason = "its parts did not come one after the other; send it again";
  return new StudioError("REQUEST_INVALID", { field: "The file", value: path, reason });
}
