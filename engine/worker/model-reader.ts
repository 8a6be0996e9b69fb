import type { TokenCount } from "../contract/generation.ts";
import { readModel, type ReadModel } from "../drawing/read-model.ts";

/** How long the result of looking at a model's files stays valid. */
const LOOK_MS = 1000;

/** The state of a model's files: their identity, or why they cannot be read. */
export type Looked = { readonly identity: string } | { readonly error: unknown };

/** What the form needs to know about a model at every key press. */
export class ModelReader {
  readonly #folderOf: (id: string) => Promise<string>;
  readonly #looked = new Map<string, { readonly untilMs: number; readonly at: Promise<Looked> }>();

  constructor(folderOf: (id: string) => Promise<string>) {
    this.#folderOf = folderOf;
  }

  /** The model as its files are now; readModel caches what it read of unchanged files. */
  async read(id: string): Promise<ReadModel> {
    return readModel(await this.#folderOf(id), "float32");
  }

  /** Whether its files can be read, checked at most once a second, so that callers can ask at any rate. */
  look(id: string): Promise<Looked> {
    const known = this.#looked.get(id);
    if (known !== undefined && performance.now() < known.untilMs) return known.at;
    const at = this.read(id).then(
      ({ folder: { identity } }) => ({ identity }),
      (error: unknown) => ({ error }),
    );
    this.#looked.set(id, { at, untilMs: performance.now() + LOOK_MS });
    return at;
  }

  /** Counts tokens with the model's own tokenizer; the limit excludes the start and end markers. */
  async countTokens(id: string, prompt: string): Promise<TokenCount> {
    const { tokenizer } = await this.read(id);
    const { count, cutAt } = tokenizer.encode(prompt);
    return { count, limit: tokenizer.length - 2, ...(cutAt !== undefined && { cutAt }) };
  }
}
