import { tensor, type FloatTensor } from "../tensor/tensor.ts";
import { finiteOutput } from "./finite.ts";
import type { PipelineParts, PipelineRequest } from "./pipeline.ts";

/**
 * Hidden states of the prompt (1, 77, width); under guidance the negative prompt's come before them
 * in a batch of two.
 */
export async function encodePrompt(
  parts: PipelineParts,
  request: PipelineRequest,
  signal?: AbortSignal,
): Promise<FloatTensor> {
  const { prompt, negativePrompt } = request;
  const texts = isGuided(request) ? [negativePrompt, prompt] : [prompt];
  const rows = texts.map((text) => parts.tokenizer.encode(text).ids);
  const tokens = rows[0]?.length ?? 0;
  const ids = new Int32Array(rows.length * tokens);
  for (const [i, row] of rows.entries()) ids.set(row, i * tokens);
  const inputs = { input_ids: tensor([rows.length, tokens], ids) };
  const outputs = await parts.networks.textEncoder(rows.length).run(inputs, signal);
  return finiteOutput(outputs, "last_hidden_state", { network: "text encoder", step: 0 });
}

/** Whether the unconditional half is computed at all. */
export function isGuided({ guidanceScale }: PipelineRequest): boolean {
  return guidanceScale > 1;
}
