import { tensor, type FloatTensor } from "../tensor/tensor.ts";
import type { TokenizedPrompt, Tokenizer } from "../tokenizer/tokenizer.ts";
import { finiteOutput } from "./finite-output.ts";
import { isGuided } from "./guidance.ts";
import type { PipelineParts } from "./pipeline.ts";
import type { Networks, Tensors } from "./session.ts";

/** Options that depend on the model's text encoder. */
export interface PromptOptions {
  /** Whether the encoder takes an attention mask for the padding. */
  readonly masksPadding: boolean;
}

/**
 * Encodes prompts with a model's text encoder; under guidance the negative prompt's hidden states come first in a batch
 * of two. The last result is cached, since the next picture often has the same prompts and then needs no text encoder.
 */
export function promptEncoder(
  networks: Pick<Networks, "textEncoder">,
  tokenizer: Tokenizer,
  options: PromptOptions,
): PipelineParts["encodePrompt"] {
  let last: { readonly key: string; readonly hiddenStates: FloatTensor } | undefined;
  return async (run, signal) => {
    const texts = isGuided(run) ? [run.negativePrompt, run.prompt] : [run.prompt];
    const key = JSON.stringify(texts);
    if (last?.key !== key) {
      const inputs = inputsFor(
        texts.map((text) => tokenizer.encode(text)),
        tokenizer.length,
        options,
      );
      const outputs = await networks.textEncoder(texts.length).run(inputs, signal);
      const origin = { network: "text encoder", step: 0 };
      last = { key, hiddenStates: finiteOutput(outputs, "last_hidden_state", origin) };
    }
    return last.hiddenStates;
  };
}

function inputsFor(
  rows: readonly TokenizedPrompt[],
  tokens: number,
  { masksPadding }: PromptOptions,
): Tensors {
  const shape = [rows.length, tokens];
  const ids = new Int32Array(rows.length * tokens);
  const seen = new Float32Array(ids.length);
  for (const [i, row] of rows.entries()) {
    ids.set(row.ids, i * tokens);
    seen.fill(1, i * tokens, i * tokens + row.length);
  }
  return {
    input_ids: tensor(shape, ids),
    ...(masksPadding && { attention_mask: tensor(shape, seen) }),
  };
}
