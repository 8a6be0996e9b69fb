import { fileURLToPath } from "node:url";
import { edit, keep, retensor, rowsOf, tensorsOf, text, type Change } from "../fixtures/rewrites.ts";
import { safetensors, type RawTensor } from "../fakes/safetensors-writer.ts";
import { loadFolder, saveFolder, type FileMap } from "../fakes/memory-snapshot.ts";
import { snapshotFolder, type ReferenceName } from "./reference.ts";

/** A reference snapshot with a change, and a picture that diffusers drew with it. */
export interface ChangedModel {
  readonly base?: ReferenceName;
  readonly changes: readonly Change[];
  readonly request?: Partial<ModelRequest>;
  /** Another model's picture, if the change must make no difference. */
  readonly picture?: string;
  /** Whether the picture starts from models/init.png, at strength 0.5. */
  readonly isFromPicture?: boolean;
}

/** The request for the picture; without a size, the model's own is used. */
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

/** The complete request for a changed model. */
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

const TEXT_ENCODER = "text_encoder/model.fp16.safetensors";
const UNET = "unet/diffusion_pytorch_model.fp16.safetensors";
const VAE = "vae/diffusion_pytorch_model.fp16.safetensors";
const SCHEDULER = "scheduler/scheduler_config.json";
const TOKENIZER = "tokenizer/tokenizer_config.json";
const LONG = "a red house, two purple fish under water, ".repeat(12);

/** A text encoder with more or fewer positions; additional ones repeat the first 77. */
function positions(count: number): readonly Change[] {
  return [
    edit("text_encoder/config.json", { max_position_embeddings: count }),
    rows("position_embedding.weight", () => Array.from({ length: count }, (_, i) => i % 77)),
  ];
}

/** Three more tokens, with the embeddings of others. */
const LEARNED: readonly Change[] = [
  edit("text_encoder/config.json", { vocab_size: 773 }),
  edit("tokenizer/added_tokens.json", { "<cat-toy>": 770, "<cat-toy>_1": 771, "<cat-toy>_2": 772 }),
  rows("token_embedding.weight", (count) => [...Array(count).keys(), 400, 500, 600]),
];

/** Picks rows of one of the text encoder's tables. */
function rows(table: string, pick: (count: number) => readonly number[]): Change {
  return retensor(TEXT_ENCODER, (tensors) => {
    const changed = Object.entries(tensors).map(([name, tensor]) => {
      const isIt = name.endsWith(table);
      return [name, isIt ? rowsOf(tensor, pick(tensor.shape[0]!)) : tensor] as const;
    });
    return Object.fromEntries(changed);
  });
}

/** The VAE replaced by the small AutoencoderTiny that make_tiny_vae.py made. */
function tinyVae(files: FileMap): void {
  for (const path of files.keys()) if (path.startsWith("vae/")) files.delete(path);
  const folder = fileURLToPath(new URL("tiny-vae/vae", import.meta.url));
  for (const [name, bytes] of loadFolder(folder)) files.set(`vae/${name}`, bytes);
  edit("model_index.json", { vae: ["diffusers", "AutoencoderTiny"] })(files);
}

type Tensors = Record<string, RawTensor>;

function zeros(dtype: string, length: number, shape: readonly number[] = [1]): RawTensor {
  return { dtype, shape, bytes: new Uint8Array(length) };
}

function renamed(tensors: Tensors, from: RegExp, to: string): Tensors {
  const entries = Object.entries(tensors).map(
    ([name, tensor]) => [name.replace(from, to), tensor] as const,
  );
  return Object.fromEntries(entries);
}

/** The VAE's attention with its names before diffusers 0.18. */
function withOldAttention(tensors: Tensors): Tensors {
  const names = { to_q: "query", to_k: "key", to_v: "value", "to_out.0": "proj_attn" };
  return Object.entries(names).reduce(
    (all, [today, old]) => renamed(all, new RegExp(`\\b${today}(?=\\.)`), old),
    tensors,
  );
}

/** The UNet with one resnet a level instead of two; on the way up, the last of three takes the skip from above. */
function distilled(tensors: Tensors): Tensors {
  const kept = Object.entries(tensors).filter(
    ([name]) => !/^(down|up)_blocks\.\d\.(resnets|attentions)\.1\./.test(name),
  );
  return renamed(
    Object.fromEntries(kept),
    /^(up_blocks\.\d\.(?:resnets|attentions))\.2\./,
    "$1.1.",
  );
}

/** The UNet without its deepest level. */
function withoutDeepest(tensors: Tensors): Tensors {
  const kept = Object.entries(tensors).filter(
    ([name]) => !/^(down_blocks\.(3|2\.downsamplers)|up_blocks\.0|mid_block)\./.test(name),
  );
  const renamed = kept.map(
    ([name, tensor]) =>
      [name.replace(/^up_blocks\.(\d)/, (_, i) => `up_blocks.${Number(i) - 1}`), tensor] as const,
  );
  return Object.fromEntries(renamed);
}

/** A latent consistency model (such as Dreamshaper's): its UNet takes the guidance scale as an input. */
function latentConsistency(width: number): readonly Change[] {
  const wave = Float32Array.from({ length: 32 * width }, (_, i) => Math.sin(i) / 4);
  const weight = { dtype: "F32", shape: [32, width], bytes: new Uint8Array(wave.buffer) };
  return [
    edit("unet/config.json", { time_cond_proj_dim: width }),
    edit("model_index.json", { scheduler: ["diffusers", "LCMScheduler"] }),
    edit(SCHEDULER, { _class_name: "LCMScheduler" }),
    retensor(UNET, (tensors) => ({ ...tensors, "time_embedding.cond_proj.weight": weight })),
  ];
}

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
  "ddim-trailing": {
    // As Hyper-SD is used, once its weights are merged.
    base: "tiny-sd1-eps",
    changes: [
      edit(SCHEDULER, { _class_name: "DDIMScheduler", timestep_spacing: "trailing" }),
      edit("model_index.json", { scheduler: ["diffusers", "DDIMScheduler"] }),
    ],
    request: { guidanceScale: 0, steps: 2 },
  },
  "scheduler-class-of-index": {
    // Files combined by hand: scheduler_config.json still says DDIMScheduler.
    changes: [
      edit(SCHEDULER, { skip_prk_steps: true }),
      edit("model_index.json", { scheduler: ["diffusers", "PNDMScheduler"] }),
    ],
  },
  "scheduler-without-a-name": {
    changes: [
      text(
        SCHEDULER,
        JSON.stringify({
          beta_start: 0.00085,
          beta_end: 0.012,
          beta_schedule: "scaled_linear",
          prediction_type: "v_prediction",
          solver_order: 3,
        }),
      ),
      edit("model_index.json", { scheduler: ["diffusers", "DPMSolverMultistepScheduler"] }),
    ],
    request: { guidanceScale: 3, width: 64, height: 64 },
  },
  "vae-shift-factor": {
    changes: [edit("vae/config.json", { shift_factor: 0.5 })],
    isFromPicture: true,
  },
  unchanged: { changes: [] },
  // Files as found on the hub and in users' folders.
  "config-minus-infinity": {
    changes: [
      (files) => {
        const config = Buffer.from(files.get(SCHEDULER)!).toString();
        const bare = '"lambda_min_clipped": -Infinity, "b": [NaN, Infinity, "NaN, \\"-Infinity"],';
        files.set(SCHEDULER, Buffer.from(config.replace("{", `{${bare}`)));
      },
    ],
    picture: "unchanged",
  },
  "safetensors-null-metadata": {
    changes: [(files) => void files.set(VAE, safetensors(tensorsOf(files.get(VAE)!), null))],
    picture: "unchanged",
  },
  "tensors-that-nobody-uses": {
    changes: [
      retensor(TEXT_ENCODER, (tensors) => ({
        ...tensors,
        "embeddings.position_ids": zeros("I64", 8),
        "vision_model.embeddings.class_embedding": zeros("F64", 8),
        logit_scale: zeros("F64", 8),
        other: zeros("BOOL", 1),
      })),
      retensor(UNET, (tensors) => ({ ...tensors, "model_ema.decay": zeros("F8_E4M3", 1) })),
    ],
    picture: "unchanged",
  },
  "added-token-one-too-many": {
    changes: [edit("tokenizer/added_tokens.json", { "<extra>": 770 })],
    picture: "unchanged",
  },
  // As CompVis published Stable Diffusion 1.
  "first-release": {
    base: "tiny-sd1-eps",
    changes: [
      text(
        SCHEDULER,
        JSON.stringify({
          _class_name: "PNDMScheduler",
          _diffusers_version: "0.2.2",
          beta_end: 0.012,
          beta_schedule: "scaled_linear",
          beta_start: 0.00085,
          num_train_timesteps: 1000,
          skip_prk_steps: true,
        }),
      ),
      edit("model_index.json", {
        _diffusers_version: "0.2.2",
        scheduler: ["diffusers", "PNDMScheduler"],
        image_encoder: undefined,
        requires_safety_checker: undefined,
      }),
      keep("unet/config.json", `_class_name act_fn attention_head_dim block_out_channels center_input_sample
        cross_attention_dim down_block_types downsample_padding flip_sin_to_cos
        freq_shift in_channels layers_per_block mid_block_scale_factor norm_eps
        norm_num_groups out_channels up_block_types`),
      edit("unet/config.json", { _diffusers_version: "0.2.2", sample_size: 32 }),
      keep("vae/config.json", `_class_name act_fn block_out_channels down_block_types in_channels
        latent_channels layers_per_block out_channels up_block_types`),
      edit("vae/config.json", { _diffusers_version: "0.2.2", sample_size: 256 }),
      keep("text_encoder/config.json", `architectures hidden_size intermediate_size model_type num_attention_heads
        num_hidden_layers vocab_size`),
      edit("text_encoder/config.json", { hidden_act: "quick_gelu", torch_dtype: "float32" }),
      retensor("text_encoder/model.safetensors", (tensors) => ({
        ...renamed(tensors, /^/, "text_model."),
        "text_model.embeddings.position_ids": zeros("I64", 77 * 8, [1, 77]),
      })),
      retensor("vae/diffusion_pytorch_model.safetensors", withOldAttention),
    ],
  },
  // Distilled models (BK-SDM, segmind's tiny-sd): fewer resnets, no middle block, one level less.
  "unet-without-middle": {
    changes: [edit("unet/config.json", { mid_block_type: null })],
  },
  "unet-middle-of-one-resnet": {
    changes: [edit("unet/config.json", { mid_block_type: "UNetMidBlock2D" })],
  },
  "unet-distilled-base": {
    changes: [edit("unet/config.json", { layers_per_block: 1 }), retensor(UNET, distilled)],
  },
  "unet-distilled-sd1": {
    base: "tiny-sd1-eps",
    changes: [
      edit("unet/config.json", { layers_per_block: 1, mid_block_type: null }),
      retensor("unet/diffusion_pytorch_model.safetensors", distilled),
    ],
  },
  "unet-distilled-small": {
    changes: [
      edit("unet/config.json", { layers_per_block: 1, mid_block_type: null }),
      retensor(UNET, distilled),
    ],
  },
  "unet-distilled-tiny": {
    changes: [
      edit("unet/config.json", {
        layers_per_block: 1,
        mid_block_type: null,
        block_out_channels: [32, 32, 64],
        attention_head_dim: [1, 2, 4],
        down_block_types: Array(3).fill("CrossAttnDownBlock2D"),
        up_block_types: Array(3).fill("CrossAttnUpBlock2D"),
      }),
      retensor(UNET, (tensors) => withoutDeepest(distilled(tensors))),
    ],
  },
  "unet-not-square": {
    changes: [edit("unet/config.json", { sample_size: [8, 12] })],
    request: { width: undefined, height: undefined },
  },
  "text-encoder-248": {
    changes: [...positions(248), edit(TOKENIZER, { model_max_length: 248 })],
    request: { prompt: LONG },
  },
  "text-encoder-248-reading-77": {
    changes: positions(248),
    request: { prompt: LONG },
  },
  "text-encoder-20": {
    changes: [...positions(20), edit(TOKENIZER, { model_max_length: 20 })],
    request: { prompt: LONG },
  },
  "textual-inversion-vectors": {
    changes: LEARNED,
    request: { prompt: "a <cat-toy> in a red house" },
  },
  "textual-inversion-everywhere": {
    changes: LEARNED,
    request: {
      prompt: "<cat-toy>, a red house, <cat-toy>_1 and <cat-toy>",
      negativePrompt: "two <cat-toy>",
    },
  },
  "latent-consistency": {
    changes: latentConsistency(256),
    request: { steps: 4, guidanceScale: 8 },
  },
  "latent-consistency-pipeline": {
    // As Dreamshaper's is published. This pipeline has no negative prompt.
    changes: [
      ...latentConsistency(256),
      edit("model_index.json", { _class_name: "LatentConsistencyModelPipeline" }),
    ],
    request: { steps: 3, guidanceScale: 8.5 },
  },
  "latent-consistency-scale-one": {
    changes: latentConsistency(256),
    request: { steps: 4, guidanceScale: 1 },
  },
  "latent-consistency-scale-zero": {
    changes: latentConsistency(256),
    request: { steps: 2, guidanceScale: 0 },
  },
  "latent-consistency-odd-width": {
    changes: latentConsistency(7),
    request: { steps: 4, guidanceScale: 3 },
  },
  "latent-consistency-from-picture": {
    changes: latentConsistency(256),
    request: { steps: 4, guidanceScale: 8 },
    isFromPicture: true,
  },
  "tiny-vae": { changes: [tinyVae] },
  "tiny-vae-from-picture": { changes: [tinyVae], isFromPicture: true },
  "text-attention-mask": {
    changes: [edit("text_encoder/config.json", { use_attention_mask: true })],
  },
} as const satisfies Record<string, ChangedModel>;
