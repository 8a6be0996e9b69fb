import type { TokenCount } from "../contract/generation.ts";
import { readModel, type ReadModel } from "../drawing/read-model.ts";

/** What the form wants to know of a model at every key press. */
export class ModelReader {
  readonly #folderOf: (id: string) => Promise<string>;

  constructor(folderOf: (id: string) => Promise<string>) {
    this.#folderOf = folderOf;
  }

  /** The model as its files are now; readModel keeps what it read of files that have not changed. */
  async read(id: string): Promise<ReadModel> {
    return readModel(await this.#folderOf(id), "float32");
  }

  /** Counts as the model's own tokenizer does; the limit is without the marks of start and end. */
  async countTokens(id: string, prompt: string): Promise<TokenCount> {
    const { tokenizer } = await this.read(id);
    const { count, cutAt } = tokenizer.encode(prompt);
    return { count, limit: tokenizer.length - 2, ...(cutAt !== undefined && { cutAt }) };
  }
}
