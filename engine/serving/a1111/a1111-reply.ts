import type { GenerationRecord } from "../../contract/image-record.ts";
import { SOFTWARE } from "../../contract/software.ts";
import { formatParameters } from "../../image/parameters-text.ts";
import { type SamplerNames, samplerNames } from "../../image/sampler-names.ts";
import { toBase64 } from "../../kserve/wire/base64.ts";
import { type EncodedMessage, join, text } from "../../kserve/wire/encoded-message.ts";
import type { Drawn } from "../routes/draw-pictures.ts";
import type { A1111Request } from "./a1111-request.ts";

/** The reply of txt2img and img2img: pictures in base64, the request, and how they were made as JSON in a string. */
export function a1111Reply(asked: A1111Request, pictures: readonly Drawn[]): EncodedMessage {
  const sent = asked.sendsImages ? pictures : [];
  const images = sent.map(({ bytes }, i) => text(`${i === 0 ? "" : ","}"${toBase64(bytes)}"`));
  const info = JSON.stringify(
    infoOf(
      asked,
      pictures.map(({ record }) => record),
    ),
  );
  const end = `],"parameters":${json(asked.parameters)},"info":${JSON.stringify(info)}}`;
  return {
    headers: { "content-type": "application/json" },
    ...join([text('{"images":['), ...images, text(end)]),
  };
}

/** 64-bit integers, which JSON.stringify does not accept, become the nearest number. */
function json(value: object): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === "bigint" ? Number(member) : member,
  );
}

/** Members that A1111 returns and that have no meaning here. */
const NONE = {
  subseed: -1,
  subseed_strength: 0,
  restore_faces: false,
  face_restoration_model: null,
  sd_model_hash: null,
  sd_vae_name: null,
  sd_vae_hash: null,
  seed_resize_from_w: -1,
  seed_resize_from_h: -1,
  index_of_first_image: 0,
  styles: [],
  clip_skip: 1,
  is_using_inpainting_conditioning: false,
};

/** With the names in A1111's Processed.js(). */
function infoOf(
  { batchSize, requests }: A1111Request,
  records: readonly GenerationRecord[],
): object {
  const [request] = requests;
  const { prompt = "", negativePrompt = "" } = request ?? {};
  const seeds = records.map(({ seed = "0" }) => Number(seed));
  const [first] = records;
  return {
    ...NONE,
    prompt,
    all_prompts: records.map(() => prompt),
    negative_prompt: negativePrompt,
    all_negative_prompts: records.map(() => negativePrompt),
    seed: seeds[0] ?? -1,
    all_seeds: seeds,
    all_subseeds: seeds.map(() => -1),
    batch_size: batchSize,
    ...(first && settingsOf(first)),
    infotexts: records.map(formatParameters),
    version: `${SOFTWARE.software} ${SOFTWARE.version}`,
  };
}

function settingsOf(record: GenerationRecord): object {
  const { width, height, steps = 0, guidanceScale = 0, model, scheduler, strength } = record;
  const names: SamplerNames = scheduler === undefined ? { sampler: "" } : samplerNames(scheduler);
  const { sampler, schedule } = names;
  return {
    width,
    height,
    sampler_name: sampler,
    cfg_scale: guidanceScale,
    steps,
    sd_model_name: model,
    denoising_strength: strength ?? null,
    extra_generation_params: schedule === undefined ? {} : { "Schedule type": schedule },
  };
}
