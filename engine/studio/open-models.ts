import { join } from "node:path";
import { LOCAL_TARGET } from "../contract/generation.ts";
import { readModel, STARTER } from "../drawing/read-model.ts";
import { isOpen } from "../queue/states.ts";
import { cacheFolder } from "../store/cache-folder.ts";
import { fitOf, usableMemory, type DrawingPlace } from "../store/fit.ts";
import { ModelStore } from "../store/model-store.ts";
import type { ChosenDevice } from "../worker/device-list.ts";
import type { DeviceTurns } from "../worker/device-turns.ts";
import type { LocalDrawing } from "../worker/local-drawing.ts";
import { ModelReader } from "../worker/model-reader.ts";
import type { Stores } from "./open-stores.ts";
import type { StudioOptions } from "./studio-options.ts";

/** The models on this machine. */
export interface ModelParts {
  readonly store: ModelStore;
  readonly models: ModelReader;
}

/** What draws with them. */
export interface ModelUser {
  /** The device that would be used now. */
  readonly device: () => ChosenDevice | undefined;
  readonly drawing: () => LocalDrawing;
  readonly turns: DeviceTurns;
}

/** Opens the model store of a data folder. */
export async function openModels(
  { dataFolder, cacheFolder: wanted }: StudioOptions,
  { transfers, live }: Stores,
  user: ModelUser,
): Promise<ModelParts> {
  const store = await ModelStore.open({
    folder: join(dataFolder, "models"),
    starterFolder: STARTER,
    cacheFolder: cacheFolder(wanted),
    readModel: async (folder) => (await readModel(folder, "float32")).summary,
    fitOf: (summary) => fitOf(summary, placeOf(user.device())),
    useOf: (id) => useOf(id, live, user),
    onRemoving: (id) => {
      const drawing = user.drawing();
      if (drawing.loadedModel === id) drawing.unload();
    },
    mayNeed: (key) => transfers.mayNeed(key),
  });
  return { store, models: new ModelReader((id) => store.folderOf(id)) };
}

/** Where a model must fit. Providers do not say how much memory a card has. */
export function placeOf(device: ChosenDevice | undefined): DrawingPlace {
  const provider = device?.provider ?? "cpu";
  const memoryBytes = provider === "cpu" ? usableMemory() : undefined;
  return { provider, memoryBytes, saturates: device?.report?.int8Bits === 7 };
}

/** Why a model cannot be removed now. */
function useOf(
  id: string,
  { queue }: Stores["live"],
  { drawing, turns }: ModelUser,
): string | undefined {
  const users = queue
    .list()
    .filter((one) => one.target === LOCAL_TARGET && isOpen(one.state) && one.order.model === id);
  const isDrawing = users.some(({ state }) => state === "running");
  const mayBeDrawing = drawing().loadedModel === id && turns.holder !== undefined;
  if (isDrawing || mayBeDrawing) return "a picture is being drawn with it";
  return users.length > 0 ? `${users.length} pictures wait to be drawn with it` : undefined;
}
