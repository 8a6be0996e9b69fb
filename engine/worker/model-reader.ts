import type { TokenCount } from "../contract/generation.ts";
import { readModel, type ReadModel } from "../drawing/read-model.ts";

/** More models than a person goes back and forth between. */
const KEPT = 4;

/** What the form wants to know of a model at every key press: read once, until the store changes. */
export class ModelReader {
  readonly #folderOf: (id: string) => Promise<string>;
  readonly #models = new Map<string, Promise<ReadModel>>();

  constructor(folderOf: (id: string) => Promise<string>) {
    this.#folderOf = folderOf;
  }

  read(id: string): Promise<ReadModel> {
    const known = this.#models.get(id);
    if (known !== undefined) return known;
    const model = this.#read(id);
    this.#models.set(id, model);
    const [oldest] = this.#models.keys();
    if (this.#models.size > KEPT && oldest !== undefined) this.#models.delete(oldest);
    return model;
  }

  /** Counts as the model's own tokenizer does; the limit is without the marks of start and end. */
  async countTokens(id: string, prompt: string): Promise<TokenCount> {
    const { tokenizer } = await this.read(id);
    const { count, cutAt } = tokenizer.encode(prompt);
    return { count, limit: tokenizer.length - 2, ...(cutAt !== undefined && { cutAt }) };
  }

  /** Says that models have come, gone or changed. */
  forget(): void {
    this.#models.clear();
  }

  /** A refusal is not kept: its cause may be mended at any time. */
  async #read(id: string): Promise<ReadModel> {
    try {
      return await readModel(await this.#folderOf(id), "float32");
    } catch (error) {
      this.#models.delete(id);
      throw error;
    }
  }
}
