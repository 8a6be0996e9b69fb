import { tensor } from "../tensor/tensor.ts";
import { decodeLatents } from "./decode-latents.ts";
import { denoise } from "./denoise.ts";
import { encodePrompt } from "./encode-prompt.ts";
import {
  latentSize,
  seedOf,
  type PipelineEvent,
  type PipelineParts,
  type PipelineRequest,
} from "./pipeline.ts";

/** Draws `count` pictures of one prompt from noise. Leaving the generator, or aborting, ends the run. */
export async function* textToImage(
  parts: PipelineParts,
  request: PipelineRequest,
  signal?: AbortSignal,
): AsyncGenerator<PipelineEvent, void> {
  const hiddenStates = await encodePrompt(parts, request, signal);
  yield { kind: "text" };
  const { height, width } = latentSize(request, parts.latents);
  const shape = [1, parts.latents.channels, height, width];
  for (let image = 0; image < request.count; image++) {
    const seed = seedOf(request, image);
    const noise = parts.noise(seed);
    const start = noise.normal(parts.latents.channels * height * width);
    const first = tensor(
      shape,
      start.map((value) => value * request.plan.initialSigma),
    );
    const latents = yield* denoise(
      parts,
      request,
      { image, latents: first, from: 0, hiddenStates, noise },
      signal,
    );
    yield {
      kind: "image",
      image,
      seed,
      latents,
      decoded: await decodeLatents(parts, latents, signal),
    };
  }
}
