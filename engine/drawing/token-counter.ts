import type { TokenCount } from "../contract/generation.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { CONTEXT_LENGTH } from "../tokenizer/vocabulary.ts";
import { tokenizerOf } from "./load-model.ts";

/** Tokens of a text that the text encoder reads, the marks of start and end not counted. */
const LIMIT = CONTEXT_LENGTH - 2;

export type TokenCounter = (prompt: string) => TokenCount;

/** Counts as the model's own tokenizer does. */
export function tokenCounter(snapshot: Snapshot): TokenCounter {
  const tokenizer = tokenizerOf(snapshot);
  return (prompt) => {
    const { count, cutAt } = tokenizer.encode(prompt);
    return { count, limit: LIMIT, ...(cutAt !== undefined && { cutAt }) };
  };
}
