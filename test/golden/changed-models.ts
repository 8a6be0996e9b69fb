import { edit, type Change } from "../fixtures/rewrites.ts";
import { loadFolder, saveFolder } from "../fakes/memory-snapshot.ts";
import { snapshotFolder, type ReferenceName } from "./reference.ts";

/** A reference snapshot with something changed, and a picture that diffusers drew with it. */
export interface ChangedModel {
  readonly base?: ReferenceName;
  readonly changes: readonly Change[];
  readonly request?: Partial<ModelRequest>;
  /** Whether the picture starts from models/init.png, at strength 0.5. */
  readonly isFromPicture?: boolean;
}

/** What the picture was asked for with; no size means the model's own. */
export interface ModelRequest {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly steps: number;
  readonly guidanceScale: number;
  readonly seed: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

const USUAL: ModelRequest = {
  prompt: "a red house, two purple fish",
  negativePrompt: "blurry",
  steps: 5,
  guidanceScale: 7.5,
  seed: "1",
  width: 96,
  height: 96,
};

/** The request of a changed model, complete. */
export function requestFor({ request, isFromPicture = false }: ChangedModel) {
  return { ...USUAL, ...request, ...(isFromPicture && { strength: 0.5 }) };
}

/** Writes a changed model into a folder. */
export function saveModel(name: ChangedName, folder: string): void {
  const { base = "tiny-sd2-v", changes }: ChangedModel = CHANGED_MODELS[name];
  const files = loadFolder(snapshotFolder(base));
  for (const change of changes) change(files);
  saveFolder(folder, files);
}

export type ChangedName = keyof typeof CHANGED_MODELS;

/** By the name of the picture in models/, which make_models.py draws. */
export const CHANGED_MODELS = {
  "guidance-zero": {
    // As SD-Turbo is published.
    changes: [
      edit("scheduler/scheduler_config.json", {
        _class_name: "EulerDiscreteScheduler",
        timestep_spacing: "trailing",
        prediction_type: "epsilon",
      }),
      edit("model_index.json", { scheduler: ["diffusers", "EulerDiscreteScheduler"] }),
    ],
    request: { guidanceScale: 0, steps: 2 },
  },
  "vae-shift-factor": {
    changes: [edit("vae/config.json", { shift_factor: 0.5 })],
    isFromPicture: true,
  },
} as const satisfies Record<string, ChangedModel>;
