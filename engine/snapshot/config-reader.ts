import { StudioError } from "../contract/errors.ts";
import { quote, type JsonObject } from "./json.ts";

/** Integers or numbers from `min` to `max`, both included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Far larger than in any network of this family; limits what a config can make us build. */
export const CHANNELS: Range = { min: 1, max: 65_536 };
const LEVELS: Range = { min: 1, max: 8 };
/** Resnets of a level, transformer blocks in each attention, and layers of a text encoder. */
export const RESNETS: Range = { min: 1, max: 8 };
export const DEPTH: Range = { min: 1, max: 16 };
export const LAYERS: Range = { min: 1, max: 128 };
export const SIZE: Range = { min: 1, max: 65_536 };

/**
 * Reads a config.json key by key. Configs keep the JSON's own keys; what can be a number or a list becomes a list with
 * one entry per level. Values are validated here, so networks can rely on them. A key that is absent or null takes its
 * class's default; a value out of range is refused as CONFIG_INVALID, one that stands for another architecture as
 * SNAPSHOT_UNSUPPORTED.
 */
export class ConfigReader {
  readonly #json: JsonObject;
  readonly #file: string;
  /** For messages, as in "The UNet's act_fn". */
  readonly #owner: string;

  constructor(json: JsonObject, file: string, owner: string) {
    this.#json = json;
    this.#file = file;
    this.#owner = owner;
  }

  value(key: string): unknown {
    return Object.hasOwn(this.#json, key) ? (this.#json[key] ?? undefined) : undefined;
  }

  /** Whether a key is present with the value null, where that differs from its absence. */
  isNull(key: string): boolean {
    return Object.hasOwn(this.#json, key) && this.#json[key] === null;
  }

  integer(key: string, preset: number | undefined, range: Range): number {
    return this.#integer(key, this.value(key) ?? preset, range);
  }

  number(key: string, preset: number | undefined, { min, max }: Range): number {
    const value = this.value(key) ?? preset;
    if (typeof value === "number" && value >= min && value <= max) return value;
    throw this.invalid(`${key} is ${quote(value)}, not a number from ${min} to ${max}`);
  }

  /** Null counts as false, as in Python. */
  flag(key: string, preset: boolean): boolean {
    const value = this.isNull(key) ? false : (this.value(key) ?? preset);
    if (typeof value === "boolean") return value;
    throw this.invalid(`${key} is ${quote(value)}, neither true nor false`);
  }

  integers(key: string, preset: readonly number[], range: Range): readonly number[] {
    return this.#list(key, preset).map((value) => this.#integer(key, value, range));
  }

  /** A list of `count` numbers, or one number that stands for all of them. */
  repeated(key: string, preset: number, count: number, range: Range): readonly number[] {
    const value = this.value(key) ?? preset;
    const list: readonly unknown[] = Array.isArray(value) ? value : Array(count).fill(value);
    this.demand(list.length === count, `${key} has ${list.length} entries, not ${count}`);
    return list.map((entry) => this.#integer(key, entry, range));
  }

  /** One of the known values; any other stands for another architecture. */
  word<W extends string>(key: string, preset: W, known: readonly W[]): W {
    return this.#known(key, this.value(key) ?? preset, known);
  }

  words<W extends string>(key: string, preset: readonly W[], known: readonly W[]): readonly W[] {
    return this.#list(key, preset).map((value) => this.#known(key, value, known));
  }

  /** Refuses each listed key whose value is not among those listed for it. */
  only(table: Readonly<Record<string, readonly unknown[]>>): void {
    for (const [key, allowed] of Object.entries(table)) {
      if (!Object.hasOwn(this.#json, key)) continue;
      if (!allowed.includes(this.#json[key])) throw this.unsupported(key, this.#json[key]);
    }
  }

  demand(holds: boolean, reason: string): void {
    if (!holds) throw this.invalid(reason);
  }

  invalid(reason: string): StudioError {
    return new StudioError("CONFIG_INVALID", { file: this.#file, reason });
  }

  /** `meaning` explains the value, where that is known. */
  unsupported(key: string, found: unknown, meaning?: string): StudioError {
    return new StudioError("SNAPSHOT_UNSUPPORTED", {
      what: `${this.#owner}'s ${key}`,
      found: quote(found) + (meaning === undefined ? "" : ` (${meaning})`),
    });
  }

  #integer(key: string, value: unknown, { min, max }: Range): number {
    const isWhole = typeof value === "number" && Number.isSafeInteger(value);
    if (isWhole && value >= min && value <= max) return value;
    throw this.invalid(`${key} is ${quote(value)}, not a whole number from ${min} to ${max}`);
  }

  #known<W extends string>(key: string, value: unknown, known: readonly W[]): W {
    const word = known.find((candidate) => candidate === value);
    if (word === undefined) throw this.unsupported(key, value);
    return word;
  }

  #list(key: string, preset: readonly unknown[]): readonly unknown[] {
    const value = this.value(key) ?? preset;
    if (!Array.isArray(value)) throw this.invalid(`${key} is ${quote(value)}, not a list`);
    const { min, max } = LEVELS;
    const fits = value.length >= min && value.length <= max;
    this.demand(fits, `${key} has ${value.length} entries, not ${min} to ${max}`);
    return value;
  }
}
