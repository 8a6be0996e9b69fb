import { join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { formSchema, type Form } from "../contract/settings.ts";
import { readJson, writeJson } from "../files/json-file.ts";
import { Turns } from "../files/turns.ts";

/** A form is prompts and numbers and never larger. */
const MAX_BYTES = 256 << 10;

const READING = { maxBytes: MAX_BYTES, parse: (json: unknown): Form => formSchema.parse(json) };

/** The state of the Generate form, in `form.json` of the data folder. */
export class FormFile {
  readonly #path: string;
  readonly #turns = new Turns();
  #form: Form;
  /** Notices about what was wrong with the file at start. */
  readonly notices: readonly string[];

  private constructor(path: string, form: Form, notices: readonly string[]) {
    this.#path = path;
    this.#form = form;
    this.notices = notices;
  }

  /** Reads the file; a damaged one is moved aside and named in `notices`. */
  static async open(dataFolder: string): Promise<FormFile> {
    const path = join(dataFolder, "form.json");
    const { value, notice } = await readJson(path, READING);
    return new FormFile(path, value ?? {}, notice === undefined ? [] : [notice]);
  }

  read(): Form {
    return this.#form;
  }

  /** Replaces the form. Writes happen in order, so that the last one stays. */
  async write(form: Form): Promise<void> {
    const sizeBytes = Buffer.byteLength(JSON.stringify(form, undefined, 2));
    if (sizeBytes >= MAX_BYTES) {
      const reason = `at most ${MAX_BYTES} bytes are kept`;
      throw new StudioError("REQUEST_INVALID", { field: "form", value: sizeBytes, reason });
    }
    // At once: a reloaded page reads while what its predecessor wrote is still on its way to the disk.
    this.#form = form;
    await this.#turns.take(() => writeJson(this.#path, form));
  }
}
