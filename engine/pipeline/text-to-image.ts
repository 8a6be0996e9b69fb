import { tensor } from "../tensor/tensor.ts";
import { denoiseAndDecode } from "./denoise.ts";
import type { PipelineEvent, PipelineParts, Run } from "./pipeline.ts";

/** Draws one picture from noise. Leaving the generator, or aborting, ends the run. */
export async function* textToImage(
  parts: PipelineParts,
  run: Run,
  signal?: AbortSignal,
): AsyncGenerator<PipelineEvent, void> {
  const hiddenStates = await parts.encodePrompt(run, signal);
  yield { kind: "text" };
  const { channels, factor } = parts.latents;
  const [height, width] = [run.height / factor, run.width / factor];
  const noise = parts.noise(run.seed);
  const start = noise.normal(channels * height * width);
  const noisy = start.map((value) => value * run.plan.initialSigma);
  const latents = tensor([1, channels, height, width], noisy);
  yield* denoiseAndDecode(parts, run, { latents, hiddenStates, noise }, signal);
}
