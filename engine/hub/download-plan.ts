import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readJson, writeJson } from "../files/json-file.ts";
import { Turns } from "../files/turns.ts";
import { hubFileSchema, type HubFile } from "./repository.ts";

/**
 * What a download consists of, decided once: the commit, and its files' hashes. It is stored beside the files, so that
 * a resumed download gets the same files.
 */
const planSchema = z.object({
  repository: z.string(),
  revision: z.string(),
  variant: z.string(),
  licence: z.string().optional(),
  isGated: z.boolean(),
  files: hubFileSchema.array(),
});
export type DownloadPlan = z.output<typeof planSchema>;

const keptSchema = z.object({
  plan: planSchema,
  /** sha256 of the finished files, by path. */
  done: z.record(z.string(), z.string()),
});
type Kept = z.output<typeof keptSchema>;

const READING = { maxBytes: 16 << 20, parse: (json: unknown): Kept => keptSchema.parse(json) };

/** A download's folder: `download.json`, partial files, and finished files in `snapshot`. */
export class DownloadFolder {
  readonly #folder: string;
  readonly #turns = new Turns();
  #kept: Kept | undefined;

  private constructor(folder: string, kept: Kept | undefined) {
    this.#folder = folder;
    this.#kept = kept;
  }

  static async open(folder: string): Promise<DownloadFolder> {
    const { value } = await readJson(join(folder, "download.json"), READING);
    return new DownloadFolder(folder, value);
  }

  /** The plan of the download in a folder; undefined if there is none or it cannot be read. */
  static async planIn(folder: string): Promise<DownloadPlan | undefined> {
    try {
      const text = await readFile(join(folder, "download.json"), "utf8");
      return keptSchema.parse(JSON.parse(text)).plan;
    } catch {
      return undefined;
    }
  }

  get path(): string {
    return this.#folder;
  }

  get plan(): DownloadPlan | undefined {
    return this.#kept?.plan;
  }

  /** Stores a plan. Files of an earlier plan are kept if the new one has the same. */
  async begin(plan: DownloadPlan): Promise<void> {
    const hashes = new Map(plan.files.map(({ path, sha256 }) => [path, sha256]));
    const done = Object.entries(this.#kept?.done ?? {}).filter(
      ([path, sha256]) => hashes.get(path) === sha256,
    );
    this.#kept = { plan, done: Object.fromEntries(done) };
    await this.#write();
  }

  /** The sha256 of a finished file; undefined for any other. */
  async doneHash({ path, sizeBytes }: HubFile): Promise<string | undefined> {
    const found = await stat(this.placeOf(path)).catch(() => undefined);
    return found?.size === sizeBytes ? this.#kept?.done[path] : undefined;
  }

  /**
   * Records that a file is finished. This is done before the file gets its name: a name without a record does not
   * count.
   */
  async finish(path: string, sha256: string): Promise<void> {
    if (this.#kept === undefined) return;
    this.#kept = { ...this.#kept, done: { ...this.#kept.done, [path]: sha256 } };
    await this.#write();
  }

  placeOf(path: string): string {
    return join(this.#folder, "snapshot", path);
  }

  partOf(path: string): string {
    return join(this.#folder, "parts", `${path.replaceAll("/", "--")}.part`);
  }

  #write(): Promise<void> {
    return this.#turns.take(() => writeJson(join(this.#folder, "download.json"), this.#kept));
  }
}
