import { join } from "node:path";
import { z } from "zod";
import { StudioError } from "../contract/errors.ts";
import { MAX_STYLES, type Style, type StyleImport, styleSchema } from "../contract/styles.ts";
import { readJson, readRows, unreadNotice, writeJson } from "../files/json-file.ts";
import { Turns } from "../files/turns.ts";

/** Enough for ten thousand styles of a few sentences. */
const MAX_BYTES = 32 << 20;

const READING = {
  maxBytes: MAX_BYTES,
  parse: (json: unknown): unknown[] => z.array(z.unknown()).parse(json),
};

/** Saved styles, in `styles.json` of the data folder. An unreadable row affects no other. */
export class StyleFile {
  readonly #path: string;
  readonly #turns = new Turns();
  readonly #unread: readonly unknown[];
  #styles: ReadonlyMap<string, Style>;
  /** Notices about what was wrong with the file at start. */
  readonly notices: readonly string[];

  private constructor(path: string, list: readonly unknown[], notice: string | undefined) {
    const { rows, unread } = readRows(list, (row) => styleSchema.parse(row));
    this.#path = path;
    this.#styles = byName(rows);
    this.#unread = unread;
    const notices = [notice, unreadNotice(unread.length, "style")];
    this.notices = notices.filter((text) => text !== undefined);
  }

  /** Reads the file; a damaged one is moved aside and named in `notices`. */
  static async open(dataFolder: string): Promise<StyleFile> {
    const path = join(dataFolder, "styles.json");
    const { value = [], notice } = await readJson(path, READING);
    return new StyleFile(path, value, notice);
  }

  /** By name. */
  list(): Style[] {
    const { compare } = new Intl.Collator("en", { numeric: true });
    return [...this.#styles.values()].toSorted((a, b) => compare(a.name, b.name));
  }

  /** The styles in the order of `names`. Refuses as NOT_FOUND if one does not exist. */
  named(names: readonly string[]): Style[] {
    return names.map((name) => {
      const style = this.#styles.get(name);
      if (style === undefined) throw new StudioError("NOT_FOUND", { what: "style", id: name });
      return style;
    });
  }

  /** Stores styles. Each replaces the style of the same name or, when renamed, of its former name. */
  save(styles: readonly Style[], replaces?: string): Promise<void> {
    return this.#change((before) => {
      const others = [...before.values()].filter(({ name }) => name !== replaces);
      return byName([...others, ...styles]);
    });
  }

  remove(names: readonly string[]): Promise<void> {
    const gone = new Set(names);
    return this.#change((before) =>
      byName([...before.values()].filter(({ name }) => !gone.has(name))),
    );
  }

  /** Adds styles that do not exist yet. If a name is taken by a different style, a number is added. */
  async add(styles: readonly Style[]): Promise<Omit<StyleImport, "skipped">> {
    const outcome = { added: [] as string[], known: 0, renamed: 0 };
    await this.#change((before) => {
      const all = new Map(before);
      const free = new FreeNames(all);
      for (const style of styles) {
        if (free.knows(style)) {
          outcome.known += 1;
          continue;
        }
        const name = free.nameFor(style.name);
        if (name !== style.name) outcome.renamed += 1;
        all.set(name, { ...style, name });
        outcome.added.push(name);
      }
      return all;
    });
    return outcome;
  }

  /** Changes happen in order, and take effect once they are on the disk. */
  async #change(
    changed: (before: ReadonlyMap<string, Style>) => ReadonlyMap<string, Style>,
  ): Promise<void> {
    await this.#turns.take(async () => {
      const styles = changed(this.#styles);
      if (styles.size > MAX_STYLES) throw full(`at most ${MAX_STYLES} are kept`);
      const rows = [...styles.values(), ...this.#unread];
      if (Buffer.byteLength(JSON.stringify(rows, undefined, 2)) >= MAX_BYTES) {
        throw full("they would take more than 32 MB");
      }
      await writeJson(this.#path, rows);
      this.#styles = styles;
    });
  }
}

/** The names in use, the next number for each, and the styles stored under them. */
class FreeNames {
  readonly #all: ReadonlyMap<string, Style>;
  readonly #numbers = new Map<string, number>();
  readonly #contents: Set<string>;

  constructor(all: ReadonlyMap<string, Style>) {
    this.#all = all;
    this.#contents = new Set([...all.values()].flatMap((style) => [own(style), unnumbered(style)]));
  }

  /** Whether an identical style exists, under a numbered name or not; adds it to the known ones. */
  knows(style: Style): boolean {
    const isKnown = this.#contents.has(own(style));
    this.#contents.add(own(style));
    return isKnown;
  }

  nameFor(name: string): string {
    let number = this.#numbers.get(name) ?? 1;
    while (this.#all.has(numbered(name, number))) number += 1;
    this.#numbers.set(name, number);
    return numbered(name, number);
  }
}

/** Adds a number, keeping within the maximum of 100 characters. */
function numbered(name: string, number: number): string {
  return number === 1 ? name : `${name.slice(0, 90).trimEnd()} (${number})`;
}

function own({ name, prompt, negativePrompt, settings }: Style): string {
  return JSON.stringify([name.slice(0, 90).trimEnd(), prompt, negativePrompt, settings]);
}

function unnumbered(style: Style): string {
  return own({ ...style, name: style.name.replace(/ \(\d+\)$/, "") });
}

function byName(styles: readonly Style[]): ReadonlyMap<string, Style> {
  return new Map(styles.map((style) => [style.name, style]));
}

function full(reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The styles", value: "kept", reason });
}
