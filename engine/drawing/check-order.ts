import { StudioError } from "../contract/errors.ts";
import { takenSteps } from "../pipeline/image-to-image.ts";
import { planSteps } from "../schedulers/plan-steps.ts";
import { pixelsPerLatent } from "./load-model.ts";
import type { Order } from "./order.ts";
import type { ReadModel } from "./read-model.ts";

/** Refuses what a model could not draw, before anything is loaded. */
export function checkOrder(order: Order, model: ReadModel, isFromPicture: boolean): void {
  checkSize(order, model);
  planSteps(model.schedulerConfig, order.steps, order.scheduler);
  if (isFromPicture) takenSteps(order);
}

function checkSize({ width, height }: Order, { snapshot, summary }: ReadModel): void {
  const factor = pixelsPerLatent(snapshot);
  for (const [field, value] of Object.entries({ width, height })) {
    if (value % factor === 0) continue;
    const reason = `${summary.name} draws multiples of ${factor} pixels`;
    throw new StudioError("REQUEST_INVALID", { field, value, reason });
  }
}
