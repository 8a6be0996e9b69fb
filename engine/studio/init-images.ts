import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { StudioError } from "../contract/errors.ts";
import type { InitImage } from "../contract/generation.ts";
import { writeAtomically } from "../files/atomic-file.ts";
import { orDiskFull } from "../files/disk-full.ts";
import { readJson, writeJson } from "../files/json-file.ts";
import type { AddressOf, PictureBytes } from "./addresses.ts";

/** The id of a start image: the sha256 of its bytes. */
const ID = /^[0-9a-f]{64}$/;

/** How files start, as Latin-1, and their types. */
const TYPES: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG/, "image/png"],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^RIFF/, "image/webp"],
];

/**
 * A start image that nothing refers to is kept for this many days with a start, since an open page may use it. Days are
 * counted rather than subtracted, so that a wrong clock at one start does no harm.
 */
const KEPT_DAYS = 8;

/** For each image that nothing refers to: on how many days that was found, and the latest of them. */
const unnamedSchema = z.record(z.string(), z.object({ days: z.int(), latest: z.string() }));
type Unnamed = z.output<typeof unnamedSchema>;
const UNNAMED = {
  maxBytes: 4 << 20,
  parse: (json: unknown): Unnamed => unnamedSchema.parse(json),
};

type Size = Pick<InitImage, "width" | "height">;

/** Start images, stored by content, so that equal ones are stored once. */
export class InitImages {
  readonly #folder: string;
  readonly #addressOf: AddressOf;
  readonly #sizes = new Map<string, Size>();

  private constructor(folder: string, addressOf: AddressOf) {
    this.#folder = folder;
    this.#addressOf = addressOf;
  }

  /** Opens the start images of a data folder, and removes unfinished files that a crash left. */
  static async open(dataFolder: string, addressOf: AddressOf): Promise<InitImages> {
    const folder = join(dataFolder, "init-images");
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      if (name.endsWith(".part")) await rm(join(folder, name), { force: true });
    }
    return new InitImages(folder, addressOf);
  }

  /** Stores a PNG, JPEG or WebP. Refuses as IMAGE_UNREADABLE what cannot be used; `name` is its file's. */
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

  /** The path of its file. Refuses as NOT_FOUND. */
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

  /** Deletes images that nothing has referred to on eight days with a start. */
  async prune(isNamed: (id: string) => boolean, now: Date): Promise<void> {
    const path = join(this.#folder, "unnamed.json");
    const { value: before = {} } = await readJson(path, UNNAMED);
    const latest = now.toISOString().slice(0, 10);
    const unnamed: Unnamed = {};
    for (const id of await readdir(this.#folder)) {
      if (!ID.test(id) || isNamed(id)) continue;
      const found = before[id] ?? { days: 0, latest: "" };
      const days = found.days + (found.latest === latest ? 0 : 1);
      if (days > KEPT_DAYS) await rm(this.#path(id), { force: true });
      else unnamed[id] = { days, latest };
    }
    // This only counts days: if it cannot be written, the next start does it again.
    if (!isDeepStrictEqual(unnamed, before)) await writeJson(path, unnamed).catch(() => {});
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    await orDiskFull(this.#folder, bytes.length, () =>
      writeAtomically(path, (file) => file.writeFile(bytes)),
    );
  }

  #path(id: string): string {
    return join(this.#folder, id);
  }
}

/** The codec is a large native module, so it is loaded with the first picture that needs it. */
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
