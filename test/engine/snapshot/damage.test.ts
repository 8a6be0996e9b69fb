import { expect, test } from "vitest";
import { readSnapshot } from "../../../engine/snapshot/snapshot.ts";
import { loadFolder, memorySnapshot, type FileMap } from "../../fakes/memory-snapshot.ts";
import { lengthPrefix, safetensors, withHeader } from "../../fakes/safetensors-writer.ts";
import { edit, inShards, tensorsOf, text, type Change as Damage } from "../../fixtures/rewrites.ts";

const SOUND = loadFolder("test/golden/tiny-sd2-v/snapshot");
const TEXT_ENCODER = "text_encoder/model.fp16.safetensors";
const UNET = "unet/diffusion_pytorch_model.fp16.safetensors";
const VAE = "vae/diffusion_pytorch_model.fp16.safetensors";
const SHARDS = { stem: "unet/diffusion_pytorch_model", variant: "", isOld: false };
const INDEX = "unet/diffusion_pytorch_model.safetensors.index.json";

/** The damage to a valid snapshot, the refusal's code, and words that its message must contain. */
const DAMAGES: readonly (readonly [string, Damage, string, string])[] = [
  // the folder
  ["no model_index.json", remove("model_index.json"), "SNAPSHOT_INCOMPLETE", "lacks model_index"],
  ["a lone checkpoint", only("v2-1_768.ckpt"), "PICKLE_REFUSED", "v2-1_768.ckpt contains exec"],
  [
    "a lone safetensors file",
    only("v2-1_768.safetensors"),
    "SNAPSHOT_UNSUPPORTED",
    "A model in a single file is not supported: v2-1_768.safetensors",
  ],
  ["no unet folder", remove("unet/config.json", UNET), "SNAPSHOT_INCOMPLETE", "unet/config.json"],
  ["no VAE weights", remove(VAE), "SNAPSHOT_INCOMPLETE", "vae/diffusion_pytorch_model.safetensors"],
  [
    "a pickled UNet",
    rename(UNET, "unet/diffusion_pytorch_model.bin"),
    "PICKLE_REFUSED",
    "unet/diffusion_pytorch_model.bin contains executable Python data",
  ],
  [
    "a pickled text encoder",
    rename(TEXT_ENCODER, "text_encoder/pytorch_model.bin"),
    "PICKLE_REFUSED",
    "text_encoder/pytorch_model.bin",
  ],
  [
    "no scheduler",
    remove("scheduler/scheduler_config.json"),
    "SNAPSHOT_INCOMPLETE",
    "scheduler/scheduler_config.json",
  ],
  ["no merges", remove("tokenizer/merges.txt"), "SNAPSHOT_INCOMPLETE", "tokenizer/merges.txt"],
  ["no vocabulary", remove("tokenizer/vocab.json"), "SNAPSHOT_INCOMPLETE", "tokenizer/vocab.json"],

  // model_index.json
  ...["StableDiffusionXLPipeline", "StableDiffusion3Pipeline", "FluxPipeline"].map(
    (name) =>
      [
        `the class ${name}`,
        edit("model_index.json", { _class_name: name }),
        "SNAPSHOT_UNSUPPORTED",
        `The pipeline is not supported: ${name}`,
      ] as const,
  ),
  [
    "no pipeline class",
    edit("model_index.json", { _class_name: undefined }),
    "CONFIG_INVALID",
    "_class_name is nothing",
  ],
  [
    "another text encoder",
    edit("model_index.json", { text_encoder: ["transformers", "T5EncoderModel"] }),
    "SNAPSHOT_UNSUPPORTED",
    "The text encoder is not supported: T5EncoderModel",
  ],
  [
    "a scheduler that is no class",
    edit("model_index.json", { scheduler: ["diffusers", "../x"] }),
    "CONFIG_INVALID",
    'scheduler is "../x", not the name of a class',
  ],

  // configs
  ["an empty config", text("unet/config.json", ""), "CONFIG_INVALID", "it is not JSON"],
  ["a cut config", text("vae/config.json", '{"act_fn": "si'), "CONFIG_INVALID", "it is not JSON"],
  [
    "a comma too many",
    text("vae/config.json", '{\n  "act_fn": "a, }",\n  "in_channels": [3, ]\n}'),
    "CONFIG_INVALID",
    "it is not JSON: on line 3 a comma has nothing after it",
  ],
  [
    "a bare word that is no number",
    text("vae/config.json", '{"scaling_factor": Inf}'),
    "CONFIG_INVALID",
    "it is not JSON",
  ],
  [
    "a scaling factor that is no number",
    text("vae/config.json", '{"scaling_factor": NaN}'),
    "CONFIG_INVALID",
    "scaling_factor is NaN, not a number from",
  ],
  [
    "a scaling factor without end",
    text("vae/config.json", '{"scaling_factor": -Infinity}'),
    "CONFIG_INVALID",
    "scaling_factor is -Infinity",
  ],
  ["a list as config", text("unet/config.json", "[]"), "CONFIG_INVALID", "not a JSON object"],
  ["deep JSON", text("unet/config.json", "[".repeat(1e6)), "CONFIG_INVALID", "it is not JSON"],
  [
    "a config that is not text",
    bytes("text_encoder/config.json", Buffer.of(0x7b, 0xff, 0x7d)),
    "CONFIG_INVALID",
    "text_encoder/config.json cannot be used: it is not UTF-8 text",
  ],
  [
    "a config of eleven megabytes",
    text("unet/config.json", " ".repeat(11_000_000)),
    "CONFIG_INVALID",
    "it has 11000000 bytes, more than 10000000",
  ],
  [
    "negative channels",
    edit("unet/config.json", { in_channels: -4 }),
    "CONFIG_INVALID",
    "in_channels is -4, not a whole number from 1 to 65536",
  ],
  [
    "half a channel",
    edit("vae/config.json", { latent_channels: 4.5 }),
    "CONFIG_INVALID",
    "latent_channels is 4.5",
  ],
  [
    "channels as words",
    edit("unet/config.json", { block_out_channels: "320" }),
    "CONFIG_INVALID",
    'block_out_channels is "320", not a list',
  ],
  [
    "no levels",
    edit("unet/config.json", { block_out_channels: [] }),
    "CONFIG_INVALID",
    "block_out_channels has 0 entries, not 1 to 8",
  ],
  [
    "more levels than blocks",
    edit("unet/config.json", { block_out_channels: [32, 32, 64, 64, 64] }),
    "CONFIG_INVALID",
    "attention_head_dim has 4 entries, not 5",
  ],
  [
    "fewer block types than levels",
    edit("unet/config.json", { up_block_types: ["UpBlock2D"] }),
    "CONFIG_INVALID",
    "up_block_types has 1 entries, not 4",
  ],
  [
    "a thousand layers",
    edit("unet/config.json", { layers_per_block: 1000 }),
    "CONFIG_INVALID",
    "layers_per_block is 1000, not a whole number from 1 to 8",
  ],
  [
    "a billion hidden layers",
    edit("text_encoder/config.json", { num_hidden_layers: 1e9 }),
    "CONFIG_INVALID",
    "num_hidden_layers is 1000000000",
  ],
  [
    "channels the norm's groups do not divide",
    edit("unet/config.json", { norm_num_groups: 48 }),
    "CONFIG_INVALID",
    "block_out_channels 32 cannot be split into norm_num_groups 48",
  ],
  [
    "VAE channels the norm's groups do not divide",
    edit("vae/config.json", { norm_num_groups: 33 }),
    "CONFIG_INVALID",
    "vae/config.json cannot be used: block_out_channels 32 cannot be split",
  ],
  [
    "channels the heads do not divide",
    edit("unet/config.json", { attention_head_dim: 5 }),
    "CONFIG_INVALID",
    "block_out_channels 32 cannot be split into 5 heads",
  ],
  [
    "a flag that is a word",
    edit("unet/config.json", { use_linear_projection: "yes" }),
    "CONFIG_INVALID",
    'use_linear_projection is "yes", neither true nor false',
  ],
  [
    "an even kernel",
    edit("unet/config.json", { conv_in_kernel: 4 }),
    "CONFIG_INVALID",
    "conv_in_kernel is 4, which has no middle",
  ],
  [
    "a scaling factor of zero",
    edit("vae/config.json", { scaling_factor: 0 }),
    "CONFIG_INVALID",
    "scaling_factor is 0",
  ],
  [
    "an inpainting UNet",
    edit("unet/config.json", { in_channels: 9 }),
    "SNAPSHOT_UNSUPPORTED",
    "The UNet's in_channels is not supported: 9 (it fills in masked parts)",
  ],
  [
    "latents of another depth than the VAE's",
    edit("unet/config.json", { in_channels: 6 }),
    "CONFIG_INVALID",
    "in_channels is 6, but the VAE's latent_channels is 4",
  ],
  [
    "a text encoder of another width",
    edit("unet/config.json", { cross_attention_dim: 1024 }),
    "CONFIG_INVALID",
    "cross_attention_dim is 1024, but the text encoder's hidden_size is 64",
  ],
  [
    "an embedding of classes",
    edit("unet/config.json", { class_embed_type: "projection" }),
    "SNAPSHOT_UNSUPPORTED",
    'The UNet\'s class_embed_type is not supported: "projection"',
  ],
  [
    "a scheduler that is a list",
    text("scheduler/scheduler_config.json", "[]"),
    "CONFIG_INVALID",
    "scheduler/scheduler_config.json cannot be used",
  ],
  [
    "a recommendation without a size",
    text("recommended.json", '{"num_inference_steps": 30, "guidance_scale": 3}'),
    "CONFIG_INVALID",
    "recommended.json cannot be used: width is nothing",
  ],
  [
    "a recommended size between the eights",
    text(
      "recommended.json",
      '{"num_inference_steps": 30, "guidance_scale": 3, "width": 100, "height": 96}',
    ),
    "CONFIG_INVALID",
    "width is 100, which is not a multiple of 8",
  ],

  // shards
  [
    "an index without a map",
    sharded((files) => files.set(INDEX, Buffer.from("{}"))),
    "CONFIG_INVALID",
    "it has no weight_map",
  ],
  [
    "an index that names nothing",
    sharded((files) => files.set(INDEX, Buffer.from('{"weight_map": {}}'))),
    "CONFIG_INVALID",
    "its weight_map is empty",
  ],
  [
    "a shard that is missing",
    sharded(remove("unet/diffusion_pytorch_model-00002-of-00003.safetensors")),
    "SNAPSHOT_INCOMPLETE",
    "diffusion_pytorch_model-00002-of-00003.safetensors",
  ],
  [
    "no index beside the shards",
    sharded(remove(INDEX)),
    "SNAPSHOT_INCOMPLETE",
    "unet/diffusion_pytorch_model.safetensors.index.json",
  ],
  ...["../vae/x.safetensors", "/etc/x.safetensors", "a\\b.safetensors", "C:x.safetensors"].map(
    (name) =>
      [
        `a shard called ${name}`,
        sharded((files) =>
          files.set(INDEX, Buffer.from(JSON.stringify({ weight_map: { w: name } }))),
        ),
        "CONFIG_INVALID",
        `${JSON.stringify(name)} is not the name of a file beside it`,
      ] as const,
  ),
  [
    "more shards than anyone needs",
    sharded((files) => {
      const names = Array.from({ length: 10_001 }, (_, i) => [`w${i}`, `${i}.safetensors`]);
      const index = { weight_map: Object.fromEntries(names) };
      files.set(INDEX, Buffer.from(JSON.stringify(index)));
    }),
    "CONFIG_INVALID",
    "it names 10001 shards, more than 10000",
  ],
  [
    "the same tensor in two shards",
    sharded((files) => {
      const [first, second] = [...files.keys()].filter((path) => /-0000[12]-of-/.test(path));
      files.set(second!, files.get(first!)!);
    }),
    "SAFETENSORS_INVALID",
    'it brings "conv_in.bias" a second time',
  ],

  // safetensors
  ["an empty weight file", bytes(UNET, Buffer.alloc(0)), "SAFETENSORS_INVALID", "it has 0 bytes"],
  ["seven bytes", bytes(UNET, Buffer.alloc(7)), "SAFETENSORS_INVALID", "it has 7 bytes"],
  [
    "a Git LFS pointer",
    text(UNET, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"),
    "SAFETENSORS_INVALID",
    "it is a Git LFS pointer",
  ],
  [
    "a web page saved as weights",
    text(UNET, "<!DOCTYPE html><title>Not found</title>"),
    "SAFETENSORS_INVALID",
    "more than 25000000",
  ],
  [
    "a header longer than allowed",
    bytes(UNET, lengthPrefix(25_000_001)),
    "SAFETENSORS_INVALID",
    "its header claims 25000001 bytes, more than 25000000",
  ],
  [
    "a header of 2^64 - 1 bytes",
    bytes(UNET, lengthPrefix(2n ** 64n - 1n)),
    "SAFETENSORS_INVALID",
    "its header claims 18446744073709551615 bytes",
  ],
  [
    "a header longer than the file",
    bytes(UNET, lengthPrefix(100)),
    "SAFETENSORS_INVALID",
    "its header claims 100 bytes, but the file has 8",
  ],
  [
    "a download that was cut off",
    (files) => files.set(UNET, files.get(UNET)!.slice(0, -1000)),
    "SAFETENSORS_INVALID",
    "its tensors end at byte 5061848, the file at 5060848",
  ],
  [
    "bytes behind the last tensor",
    (files) => files.set(UNET, Buffer.concat([files.get(UNET)!, Buffer.of(0)])),
    "SAFETENSORS_INVALID",
    "its tensors end at byte 5061848, the file at 5061849",
  ],
  ...headers([
    ["not JSON", "{nonsense", "its header is not JSON"],
    ["a space in front", ' {"a":1}', "its header does not begin with {"],
    ["a list", "[]", "its header does not begin with {"],
    [
      "a name twice",
      `{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`,
      `in its header the key "a" is there twice`,
    ],
    [
      "an offset given twice",
      `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"data_offsets":[0,0]}}`,
      `in its header the key "data_offsets" is there twice`,
    ],
    ["deep brackets", `{"a":${"[".repeat(1e5)}`, "brackets are nested deeper than 3"],
    ["metadata that is false", { __metadata__: false }, "__metadata__ is not an object"],
    ["metadata that is a list", { __metadata__: [] }, "__metadata__ is not an object"],
    ["a number in the metadata", { __metadata__: { a: 1 } }, `holds 1 at "a", not a string`],
    ["a tensor that is a number", { a: 1 }, `"a" is not described by an object`],
    ["an unknown dtype", entry({ dtype: "Q4_K" }), `the dtype of "a" is "Q4_K"`],
    ["no dtype", entry({ dtype: undefined }), `the dtype of "a" is nothing`],
    ["a negative dimension", entry({ shape: [-1] }), `the shape of "a" is [-1]`],
    ["half a dimension", entry({ shape: [0.5] }), `the shape of "a" is [0.5]`],
    [
      "a dimension beyond 2^32",
      entry({ shape: [2 ** 32 + 1] }),
      `the shape of "a" is [4294967297]`,
    ],
    [
      "nine dimensions",
      entry({ shape: Array(9).fill(1) }),
      `the shape of "a" is [1,1,1,1,1,1,1,1,1]`,
    ],
    [
      "a shape whose product overflows",
      entry({ shape: [2 ** 32, 2 ** 32, 2 ** 32] }),
      `"a" is no whole number of bytes by dtype and shape, but has 4`,
    ],
    [
      "four-bit numbers that fill half a byte",
      entry({ dtype: "F4", shape: [1] }),
      `"a" is no whole number of bytes`,
    ],
    ["a shape larger than its bytes", entry({ shape: [2] }), `"a" is 8 bytes by dtype and shape`],
    ["one offset", entry({ data_offsets: [0] }), `the data_offsets of "a" are [0]`],
    ["offsets the wrong way", entry({ data_offsets: [4, 0] }), `the data_offsets of "a" are [4,0]`],
    ["an offset before the start", entry({ data_offsets: [-4, 0] }), `are [-4,0]`],
    ["an offset beyond exact integers", entry({ data_offsets: [0, 2 ** 60] }), `are [0,11529`],
    ["a hole", entry({ data_offsets: [4, 8] }), `the bytes of "a" leave a hole before them`],
    [
      "an overlap",
      { ...entry({}), b: { dtype: "F32", shape: [1], data_offsets: [0, 4] } },
      `the bytes of "b" overlap the tensor before`,
    ],
    [
      "tensors beyond the end of the file",
      entry({ shape: [100], data_offsets: [0, 400] }),
      "its tensors end at byte",
    ],
  ]),
  [
    "a header that is not text",
    bytes(UNET, Buffer.concat([lengthPrefix(3), Buffer.of(0x7b, 0xff, 0x7d)])),
    "SAFETENSORS_INVALID",
    "its header is not UTF-8 text",
  ],
  [
    "a byte order mark before the header",
    bytes(UNET, withHeader("\uFEFF{}")),
    "SAFETENSORS_INVALID",
    "its header is not JSON",
  ],
  [
    "one tensor under its old and its new name",
    (files) => {
      const tensors = tensorsOf(files.get(VAE)!);
      const attention = "decoder.mid_block.attentions.0";
      const again = { [`${attention}.query.weight`]: tensors[`${attention}.to_q.weight`]! };
      files.set(VAE, safetensors({ ...tensors, ...again }));
    },
    "SAFETENSORS_INVALID",
    `it brings "decoder.mid_block.attentions.0.to_q.weight" a second time`,
  ],
];

test.each(DAMAGES)("refuses %s", async (_, damage, code, words) => {
  const files = new Map(SOUND);
  damage(files);
  await expect(readSnapshot(memorySnapshot(files), "float32")).rejects.toMatchObject({
    name: "StudioError",
    code,
    message: expect.stringContaining(words),
  });
});

test("accepts a snapshot without any of the damages", async () => {
  await expect(readSnapshot(memorySnapshot(SOUND), "float32")).resolves.toBeDefined();
});

function remove(...paths: readonly string[]): Damage {
  return (files) => paths.forEach((path) => files.delete(path));
}

function only(path: string): Damage {
  return (files) => {
    files.clear();
    files.set(path, Buffer.from("whatever"));
  };
}

function rename(from: string, to: string): Damage {
  return (files) => {
    files.set(to, files.get(from)!);
    files.delete(from);
  };
}

function bytes(path: string, content: Uint8Array): Damage {
  return (files) => void files.set(path, content);
}

/** The UNet in three shards, followed by the damage. */
function sharded(damage: (files: FileMap) => unknown): Damage {
  return (files) => {
    for (const [path, shard] of inShards(files.get(UNET)!, 3, SHARDS)) files.set(path, shard);
    files.delete(UNET);
    damage(files);
  };
}

/** A header of one tensor of 4 bytes, with changes. */
function entry(changes: object): Record<string, object> {
  return { a: { dtype: "F32", shape: [1], data_offsets: [0, 4], ...changes } };
}

/** Rows for headers followed by 8 bytes of data. */
function headers(rows: readonly (readonly [string, unknown, string])[]) {
  return rows.map(
    ([what, header, words]) =>
      [
        `a header with ${what}`,
        bytes(UNET, withHeader(header, new Uint8Array(8))),
        "SAFETENSORS_INVALID",
        words,
      ] as const,
  );
}
