import { join } from "node:path";
import { z } from "zod";
import { settingsSchema, type Settings, type SettingsChange } from "../contract/settings.ts";
import { readJson, writeJson } from "../files/json-file.ts";
import { Turns } from "../files/turns.ts";

/** The file's content: choices only, no defaults, and whatever a later version added. */
const keptSchema = z.record(z.string(), z.json());
type Kept = z.output<typeof keptSchema>;

const MAX_BYTES = 1 << 20;

const READING = { maxBytes: MAX_BYTES, parse: (json: unknown): Kept => keptSchema.parse(json) };

/** A person's settings, in `settings.json` of the data folder. */
export class SettingsFile {
  readonly #path: string;
  readonly #turns = new Turns();
  #kept: Kept;
  /** Notices about what was wrong with the file at start. */
  readonly notices: readonly string[];

  private constructor(path: string, kept: Kept, notices: readonly string[]) {
    this.#path = path;
    this.#kept = kept;
    this.notices = notices;
  }

  /** Reads the file; a damaged one is moved aside and named in `notices`. */
  static async open(dataFolder: string): Promise<SettingsFile> {
    const path = join(dataFolder, "settings.json");
    const { value, notice } = await readJson(path, READING);
    return new SettingsFile(path, value ?? {}, notice === undefined ? [] : [notice]);
  }

  /** All settings; the default for each that was not chosen, or whose choice this version does not know. */
  read(): Settings {
    return settingsSchema.parse(this.#kept);
  }

  /**
   * Changes the given settings; null restores a default. Changes happen in order, and take effect once they are on the
   * disk.
   */
  change(change: SettingsChange): Promise<Settings> {
    return this.#turns.take(async () => {
      const kept = withChange(this.#kept, change);
      await writeJson(this.#path, kept);
      this.#kept = kept;
      return this.read();
    });
  }
}

function withChange(kept: Kept, change: SettingsChange): Kept {
  const changed = { ...kept };
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete changed[name];
    else if (value !== undefined) changed[name] = value;
  }
  return changed;
}
