import { join } from "node:path";
import { z } from "zod";
import { settingsSchema, type Settings, type SettingsChange } from "../contract/settings.ts";
import { readJson, writeJson } from "../files/json-file.ts";
import { Turns } from "../files/turns.ts";

/** What the file holds: choices alone, no defaults, and whatever a later version put there. */
const keptSchema = z.record(z.string(), z.json());
type Kept = z.output<typeof keptSchema>;

const MAX_BYTES = 1 << 20;

const READING = { maxBytes: MAX_BYTES, parse: (json: unknown): Kept => keptSchema.parse(json) };

/** What a person chose, in `settings.json` of the data folder. */
export class SettingsFile {
  readonly #path: string;
  readonly #turns = new Turns();
  #kept: Kept;
  /** What was wrong with the file at start, for a person. */
  readonly notices: readonly string[];

  private constructor(path: string, kept: Kept, notices: readonly string[]) {
    this.#path = path;
    this.#kept = kept;
    this.notices = notices;
  }

  /** Reads it; a damaged one is set aside and named in `notices`. */
  static async open(dataFolder: string): Promise<SettingsFile> {
    const path = join(dataFolder, "settings.json");
    const { value, notice } = await readJson(path, READING);
    return new SettingsFile(path, value ?? {}, notice === undefined ? [] : [notice]);
  }

  /** Every choice; a default where none was made, or none that this version knows. */
  read(): Settings {
    return settingsSchema.parse(this.#kept);
  }

  /**
   * Takes what is given and leaves the rest; null takes a choice back. Changes happen one after the
   * other, and none holds until it is on the disk.
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
