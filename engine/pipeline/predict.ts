import { tensor, type FloatTensor } from "../tensor/tensor.ts";
import { finiteOutput } from "./finite-output.ts";
import { guidanceEmbedding, guide, isGuided, isGuidedAt } from "./guidance.ts";
import type { PipelineParts, Run } from "./pipeline.ts";

/** One evaluation of the UNet in a run. */
export interface Evaluation {
  /** 0 for the run's first evaluation, even if the run starts in the middle of the plan. */
  readonly number: number;
  /** (1, channels, h, w), as the scheduler scales them. */
  readonly latents: FloatTensor;
  readonly timestep: number;
}

export type Predictor = (evaluation: Evaluation, signal?: AbortSignal) => Promise<Float32Array>;

/** For each evaluation of a run, whether guidance is applied. */
export function guidedEvaluations(run: Run): readonly boolean[] {
  const { plan, from } = run;
  const evaluations = plan.timesteps.length - from;
  const steps = Math.ceil(evaluations / plan.order);
  return Array.from({ length: evaluations }, (_, i) =>
    isGuidedAt(run, Math.floor(i / plan.order) / steps),
  );
}

/** Whether an evaluation runs all layers of the UNet, rather than only the last. */
export function isWhole({ cacheInterval = 1 }: Run, number: number): boolean {
  return number % cacheInterval === 0;
}

/**
 * Returns a function that evaluates the UNet for a run and applies guidance: in one batch of two, or in two runs if
 * `guidesApart`. Its result is the model's kind of prediction: noise, v or the sample. `hiddenStates` come from
 * `encodePrompt`.
 */
export function predictorFor(
  { networks, guidesApart }: PipelineParts,
  run: Run,
  hiddenStates: FloatTensor,
): Predictor {
  const guided = guidedEvaluations(run);
  const isApart = isGuided(run) && guidesApart(run);
  const rows = rowsOf(hiddenStates);
  const withoutGuidance = rows.at(-1) ?? hiddenStates;
  const { guidanceScale, guidanceWidth, cacheInterval } = run;
  const embedded = guidanceWidth !== null && {
    timestep_cond: guidanceEmbedding(guidanceScale, guidanceWidth),
  };
  return async (evaluation, signal) => {
    const { latents, timestep, number } = evaluation;
    const isReused = !isWhole(run, number);
    const predict = async (states: FloatTensor, row: 0 | 1): Promise<Float32Array> => {
      const reuse = cacheInterval === undefined ? undefined : { of: run, row, isReused };
      const [batch = 1] = states.shape;
      const [, , height = 0, width = 0] = latents.shape;
      const inputs = {
        sample: latents,
        timestep: tensor([1], Float32Array.of(timestep)),
        encoder_hidden_states: states,
        ...embedded,
      };
      const outputs = await networks
        .unet({ batch, samples: 1, height, width, reuse })
        .run(inputs, signal);
      return finiteOutput(outputs, "out_sample", { network: "UNet", step: number + 1 }).data;
    };
    if (guided[number] !== true) return predict(withoutGuidance, 1);
    if (!isApart) return guide(await predict(hiddenStates, 0), guidanceScale);
    const [unconditional = hiddenStates] = rows;
    const both = [await predict(unconditional, 0), await predict(withoutGuidance, 1)];
    return guide(joined(both), guidanceScale);
  };
}

/** Each prompt's hidden states, (1, tokens, width). A single prompt's tensor is not copied: sessions recognise it. */
function rowsOf(hiddenStates: FloatTensor): readonly FloatTensor[] {
  const { shape, data } = hiddenStates;
  const [batch = 1, ...rest] = shape;
  if (batch === 1) return [hiddenStates];
  const size = data.length / batch;
  return Array.from({ length: batch }, (_, i) =>
    tensor([1, ...rest], data.subarray(i * size, (i + 1) * size)),
  );
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}
