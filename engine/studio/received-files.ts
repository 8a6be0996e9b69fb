import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { memberPath } from "../archive/member-path.ts";
import type { ReceivedPart } from "../contract/bucket-transfers.ts";
import { StudioError } from "../contract/errors.ts";
import { systemCode } from "../files/system-error.ts";

/**
 * Files that a page sends in chunks, since it knows no paths on this machine. Each id, for a file or folder, has its
 * own folder until the transfer with that id has uploaded it.
 */
export class ReceivedFiles {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, "received");
  }

  /**
   * Adds a chunk to a file, and returns the id for the rest. Refuses as REQUEST_INVALID a path that leads elsewhere,
   * and a chunk out of order.
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

  /** The path of the file or folder with an id. Refuses as NOT_FOUND if there is none. */
  async pathOf(id: string): Promise<string> {
    const [name] = await readdir(join(this.#folder, id)).catch(() => []);
    if (name === undefined) throw new StudioError("NOT_FOUND", { what: "received file", id });
    return join(this.#folder, id, name);
  }

  async discard(id: string): Promise<void> {
    await rm(join(this.#folder, id), { recursive: true, force: true });
  }

  /** Deletes files that will not be uploaded any more: the page was closed, or its transfer was removed. */
  async sweep(mayNeed: (id: string) => boolean): Promise<void> {
    const ids = await readdir(this.#folder).catch(() => []);
    for (const id of ids) if (!mayNeed(id)) await this.discard(id);
  }
}

/** The components of a path to a file within the folder, on any system. */
function stepsOf(path: string): readonly string[] {
  try {
    const steps = memberPath(path, path).split("/");
    if (steps.at(-1) !== "") return steps;
  } catch {
    // Refused below with a message about a file rather than an archive.
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
