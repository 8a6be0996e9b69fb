import type { TokenCount } from "../contract/generation.ts";
import { readModel, type ReadModel } from "../drawing/read-model.ts";
import { tokenCounter, type TokenCounter } from "../drawing/token-counter.ts";

/** More models than a person goes back and forth between. */
const KEPT = 4;

interface Entry {
  readonly model: Promise<ReadModel>;
  countTokens?: TokenCounter;
}

/** What the form wants to know of a model at every key press: read once, until the store changes. */
export class ModelReader {
  readonly #folderOf: (id: string) => Promise<string>;
  readonly #entries = new Map<string, Entry>();

  constructor(folderOf: (id: string) => Promise<string>) {
    this.#folderOf = folderOf;
  }

  read(id: string): Promise<ReadModel> {
    return this.#entry(id).model;
  }

  async countTokens(id: string, prompt: string): Promise<TokenCount> {
    const entry = this.#entry(id);
    const { snapshot } = await entry.model;
    entry.countTokens ??= tokenCounter(snapshot);
    return entry.countTokens(prompt);
  }

  /** Says that models have come, gone or changed. */
  forget(): void {
    this.#entries.clear();
  }

  #entry(id: string): Entry {
    const known = this.#entries.get(id);
    if (known !== undefined) return known;
    const entry = { model: this.#read(id) };
    this.#entries.set(id, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > KEPT && oldest !== undefined) this.#entries.delete(oldest);
    return entry;
  }

  /** A refusal is not kept: its cause may be mended at any time. */
  async #read(id: string): Promise<ReadModel> {
    try {
      return await readModel(await this.#folderOf(id), "float32");
    } catch (error) {
      this.#entries.delete(id);
      throw error;
    }
  }
}
