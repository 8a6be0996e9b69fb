import { tensor, type FloatTensor } from "../tensor/tensor.ts";
import { finiteOutput } from "./finite.ts";
import type { PipelineParts, PipelineRequest } from "./pipeline.ts";

/**
 * Hidden states of the prompt (1, tokens, width); under guidance the negative prompt's come before them
 * in a batch of two.
 */
export async function encodePrompt(
  parts: PipelineParts,
  request: PipelineRequest,
  signal?: AbortSignal,
): Promise<FloatTensor> {
  const { prompt, negativePrompt } = request;
  const texts = isGuided(request) ? [negativePrompt, prompt] : [prompt];
  const rows = texts.map((text) => parts.tokenizer.encode(text));
  const { length: tokens } = parts.tokenizer;
  const ids = new Int32Array(rows.length * tokens);
  const seen = new Float32Array(ids.length);
  for (const [i, row] of rows.entries()) {
    ids.set(row.ids, i * tokens);
    seen.fill(1, i * tokens, i * tokens + row.length);
  }
  const shape = [rows.length, tokens];
  const inputs = {
    input_ids: tensor(shape, ids),
    ...(parts.masksPadding && { attention_mask: tensor(shape, seen) }),
  };
  const outputs = await parts.networks.textEncoder(rows.length).run(inputs, signal);
  return finiteOutput(outputs, "last_hidden_state", { network: "text encoder", step: 0 });
}

/** Whether the unconditional half is computed at all. */
export function isGuided({ guidanceScale }: PipelineRequest): boolean {
  return guidanceScale > 1;
}
