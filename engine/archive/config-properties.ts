import { shown } from "./refusals.ts";
import { TORCHSERVE_KEYS } from "./torchserve-keys.ts";

/** A line of the file with its line end; `key` and `value` if it is a setting. */
interface Line {
  readonly raw: string;
  readonly key?: string;
  readonly value?: string;
}

/** A setting for display. */
export interface Setting {
  readonly key: string;
  readonly value: string;
  /** What it does; absent for a key that TorchServe does not know. */
  readonly meaning?: string;
}

/** A real file has a few thousand bytes. */
export const MAX_CONFIG_BYTES = 1 << 20;

/**
 * A config.properties with every byte kept. It is parsed as KServe's wrapper does, which is stricter than Java's own
 * reader: a line that does not start with # is split at its first =, both sides are trimmed, and lines are never
 * continued. Bytes are ISO 8859-1, as in Java.
 */
export class ConfigProperties {
  readonly #lines: readonly Line[];

  private constructor(lines: readonly Line[]) {
    this.#lines = lines;
  }

  static parse(bytes: Uint8Array): ConfigProperties {
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return ConfigProperties.#of(text);
  }

  static #of(text: string): ConfigProperties {
    return new ConfigProperties(
      (text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []).map(lineOf),
    );
  }

  /** All settings in the order of the file, with what they do. */
  get settings(): readonly Setting[] {
    return this.#lines.flatMap(({ key, value = "" }) => {
      if (key === undefined) return [];
      const meaning = TORCHSERVE_KEYS.get(key);
      return [{ key, value, ...(meaning !== undefined && { meaning }) }];
    });
  }

  /** If a key occurs several times the last one counts, for TorchServe as for its wrapper. */
  get(key: string): string | undefined {
    return this.#lines.findLast((line) => line.key === key)?.value;
  }

  /** The same file with another value: in the line that counts, or in a new one at the end. */
  with(key: string, value: string): ConfigProperties {
    const at = this.#lines.findLastIndex((line) => line.key === key);
    if (at < 0) {
      const text = this.#text();
      const isOpen = text !== "" && !/[\r\n]$/.test(text);
      return ConfigProperties.#of(`${text}${isOpen ? "\n" : ""}${key}=${value}\n`);
    }
    const lines = this.#lines.map((line, index) => {
      if (index !== at) return line.raw;
      const [before = ""] = /^[^=]*=[ \t\f]*/.exec(line.raw) ?? [];
      const [end = ""] = /[\r\n]*$/.exec(line.raw) ?? [];
      return `${before}${value}${end}`;
    });
    return ConfigProperties.#of(lines.join(""));
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#text(), (letter) => letter.charCodeAt(0));
  }

  /** What TorchServe and KServe's wrapper read differently, or not at all, as sentences. */
  get faults(): readonly string[] {
    const lost = this.#lines.filter(({ raw, key }) => key === undefined && isSetting(raw));
    const continued = this.#lines.filter(
      ({ raw, key }) => key !== undefined && /\\[\r\n]*$/.test(raw),
    );
    const seen = new Set<string>();
    const twice = new Set<string>();
    for (const { key } of this.#lines) {
      if (key !== undefined && seen.has(key)) twice.add(key);
      else if (key !== undefined) seen.add(key);
    }
    return [
      ...sentences(lost, ({ raw }) => `KServe ignores ${quoted(raw.trim())}: it has no =.`),
      ...sentences(
        continued,
        ({ key = "" }) => `${shown(key)} continues on the next line, which KServe does not read.`,
      ),
      ...sentences(
        [...twice],
        (key) => `${shown(key)} stands here more than once; the last one counts.`,
      ),
    ];
  }

  #text(): string {
    return this.#lines.map(({ raw }) => raw).join("");
  }
}

/** A person's own file has a few problems; of thousands, these are enough to see what is wrong. */
const SHOWN_FAULTS = 20;

function sentences<T>(faulty: readonly T[], sentence: (one: T) => string): readonly string[] {
  const more = faulty.length - SHOWN_FAULTS;
  return [
    ...faulty.slice(0, SHOWN_FAULTS).map(sentence),
    ...(more > 0 ? [`${more} more lines are like that.`] : []),
  ];
}

function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
}

const MAX_SHOWN = 100;

function lineOf(raw: string): Line {
  const at = raw.indexOf("=");
  const key = raw.slice(0, at).trim();
  if (raw.startsWith("#") || at < 0 || key === "" || /^[#!]/.test(key)) return { raw };
  return { raw, key, value: raw.slice(at + 1).trim() };
}

function isSetting(raw: string): boolean {
  return /\S/.test(raw) && !/^\s*[#!]/.test(raw);
}
