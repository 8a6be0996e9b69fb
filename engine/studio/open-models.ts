import { THIS_CUDA } from "../drawing/cuda.ts";
import type { StudioOptions } from "./studio-options.ts";
import { cudaWork } from "./cuda-work.ts";
import { hubDoor, type HubDoor } from "./hub-door.ts";
import { modelWorks } from "./model-works.ts";
import type { DrawingParts } from "./open-drawing.ts";
import type { ServingParts } from "./open-serving.ts";
import type { Stores } from "./open-stores.ts";

export interface ModelsDoor extends HubDoor {
  /** Tells everybody that models have come, gone or changed. */
  readonly onModels: () => void;
}

/** Introduces transfers to the store and the hub, and lets them run. */
export function openModels(
  { isPassive, cuda = THIS_CUDA }: StudioOptions,
  { settings, secrets, transfers, events }: Stores,
  { store, models, devices, studioEngine }: DrawingParts & Pick<ServingParts, "studioEngine">,
): ModelsDoor {
  const door = hubDoor(settings, secrets);
  const onModels = (): void => {
    models.forget();
    studioEngine.forget();
    events.publish({ type: "models-changed" });
  };
  const onInstalled = () => devices.list(true);
  const runners = {
    ...modelWorks({ store, hub: door.hub, onModels }),
    cuda: cudaWork({ installer: cuda, onInstalled }),
  };
  transfers.begin(runners, isPassive);
  return { ...door, onModels };
}
