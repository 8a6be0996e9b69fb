import { StudioError } from "../contract/errors.ts";
import { takenSteps } from "../pipeline/image-to-image.ts";
import { planSteps } from "../schedulers/plan-steps.ts";
import type { Order } from "./order.ts";
import { pixelsPerLatent, type ReadModel } from "./read-model.ts";

/** Refuses what a model could not draw, before anything is loaded. */
export function checkOrder(order: Order, model: ReadModel, isFromPicture: boolean): void {
  checkSize(order, model);
  checkTexts(order, model);
  planSteps(model.schedulerConfig, order.steps, order.scheduler);
  if (isFromPicture) takenSteps(order);
}

/** Every token must have a row in the text encoder; the negative prompt is only read under guidance. */
function checkTexts(order: Order, { tokenizer, snapshot }: ReadModel): void {
  const { prompt, negativePrompt, guidanceScale } = order;
  const texts = guidanceScale > 1 ? { prompt, negativePrompt } : { prompt };
  for (const [field, text] of Object.entries(texts)) {
    const { stranger } = tokenizer.encode(text);
    if (stranger === undefined) continue;
    const { vocab_size: rows } = snapshot.textEncoder.config;
    const value = `read with ${stranger.token} in it`;
    const reason = `that token has the id ${stranger.id}, but the model's text encoder has ${rows} rows`;
    throw new StudioError("REQUEST_INVALID", { field, value, reason });
  }
}

function checkSize({ width, height }: Order, { snapshot, summary }: ReadModel): void {
  const factor = pixelsPerLatent(snapshot);
  for (const [field, value] of Object.entries({ width, height })) {
    if (value % factor === 0) continue;
    const reason = `${summary.name} draws multiples of ${factor} pixels`;
    throw new StudioError("REQUEST_INVALID", { field, value, reason });
  }
}
