import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import type { InitImage } from "../contract/generation.ts";
import { writeAtomically } from "../files/atomic-file.ts";
import { diskFull } from "../files/disk-full.ts";
import { isDiskFull } from "../files/system-error.ts";
import type { AddressOf, PictureBytes } from "./addresses.ts";

/** What an init image's id looks like: the sha256 of its bytes. */
const ID = /^[0-9a-f]{64}$/;

/** How files begin, as Latin-1, and what they are. */
const TYPES: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG/, "image/png"],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^RIFF/, "image/webp"],
];

/** How long a picture stays that nothing names any more: a page that is open may still. */
const KEPT_MS = 7 * 24 * 3_600_000;

type Size = Pick<InitImage, "width" | "height">;

/** Pictures to start from, kept by their content: asked for twice, kept once. */
export class InitImages {
  readonly #folder: string;
  readonly #addressOf: AddressOf;
  readonly #sizes = new Map<string, Size>();

  private constructor(folder: string, addressOf: AddressOf) {
    this.#folder = folder;
    this.#addressOf = addressOf;
  }

  /** Opens those of a data folder, and sweeps what a crash left half-written. */
  static async open(dataFolder: string, addressOf: AddressOf): Promise<InitImages> {
    const folder = join(dataFolder, "init-images");
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      if (name.endsWith(".part")) await rm(join(folder, name), { force: true });
    }
    return new InitImages(folder, addressOf);
  }

  /** Keeps a PNG, JPEG or WebP. Refuses as IMAGE_UNREADABLE what cannot be drawn over; `name` is its file's. */
  async add(bytes: Uint8Array, name: string): Promise<InitImage> {
    const size = await sizeOf(bytes, name);
    const id = createHash("sha256").update(bytes).digest("hex");
    const path = this.#path(id);
    if (!(await isFile(path))) await this.#write(path, bytes);
    this.#sizes.set(id, size);
    return { id, ...size, address: this.#addressOf("init-image", id) };
  }

  async get(id: string): Promise<InitImage> {
    const size = this.#sizes.get(id) ?? (await sizeOf(await this.read(id), "The init image"));
    this.#sizes.set(id, size);
    return { id, ...size, address: this.#addressOf("init-image", id) };
  }

  /** Path of its file. Refuses as NOT_FOUND. */
  async find(id: string): Promise<string> {
    if (ID.test(id) && (await isFile(this.#path(id)))) return this.#path(id);
    throw new StudioError("NOT_FOUND", { what: "start image", id });
  }

  /** Its bytes. Refuses as NOT_FOUND. */
  async read(id: string): Promise<Uint8Array> {
    return readFile(await this.find(id));
  }

  async open(id: string): Promise<PictureBytes> {
    const bytes = await this.read(id);
    const start = Buffer.from(bytes.subarray(0, 8)).toString("latin1");
    const [, type = "application/octet-stream"] = TYPES.find(([sign]) => sign.test(start)) ?? [];
    return { type, bytes };
  }

  /** Deletes what was added over a week ago and `isNamed` nowhere. */
  async prune(isNamed: (id: string) => boolean, now: Date): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      if (!ID.test(name) || isNamed(name)) continue;
      const { mtimeMs } = await stat(this.#path(name));
      if (now.getTime() - mtimeMs > KEPT_MS) await rm(this.#path(name), { force: true });
    }
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    try {
      await writeAtomically(path, (file) => file.writeFile(bytes));
    } catch (error) {
      throw isDiskFull(error) ? diskFull(this.#folder, bytes.length) : error;
    }
  }

  #path(id: string): string {
    return join(this.#folder, id);
  }
}

/** The codec is native and large, so it is loaded with the first picture that needs it. */
async function sizeOf(bytes: Uint8Array, name: string): Promise<Size> {
  const { decodePicture } = await import("../codecs/picture-codec.ts");
  const { width, height } = await decodePicture(bytes, name);
  return { width, height };
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
