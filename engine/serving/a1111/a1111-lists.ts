import { z } from "zod";
import { StudioError } from "../../contract/errors.ts";
import { SCHEDULER_NAMES } from "../../contract/schedulers.ts";
import { samplerNames } from "../../image/sampler-names.ts";
import { readPngTexts } from "../../image/png/read-png-texts.ts";
import { REQUEST_LIMITS } from "../../kserve/server/infer-request.ts";
import { readMessage } from "../../kserve/wire/framing.ts";
import { asRequest } from "../../kserve/wire/message-fault.ts";
import { readMembers, readPicture } from "../routes/read-members.ts";
import { changeServed } from "../routes/repository-routes.ts";
import type { Handler, Route } from "../routes/route.ts";
import type { SharedParts } from "../routes/route-parts.ts";

/** Features of A1111 that we lack; clients ask for these lists when they connect. */
export const NONE = [
  "upscalers",
  "latent-upscale-modes",
  "sd-vae",
  "sd-modules",
  "loras",
  "hypernetworks",
  "face-restorers",
  "realesrgan-models",
  "prompt-styles",
  "script-info",
  "extensions",
] as const;

const SAMPLERS = [...new Set(SCHEDULER_NAMES.map((name) => samplerNames(name).sampler))];

/** Paths below /sdapi/v1/ that list what is available, and select the model. */
export function a1111Lists(parts: SharedParts): readonly Route[] {
  const { engine } = parts;
  const models: Handler = async () =>
    (await engine.models()).map(({ name }) => ({
      title: name,
      model_name: name,
      hash: null,
      sha256: null,
      filename: name,
      config: null,
    }));
  return [
    { path: "options", GET: options(parts), POST: choose(parts) },
    { path: "sd-models", GET: models },
    { path: "samplers", GET: () => SAMPLERS.map((name) => ({ name, aliases: [], options: {} })) },
    { path: "schedulers", GET: () => ["Automatic", "Uniform", "Karras"].map(scheduleType) },
    { path: "cmd-flags", GET: () => ({ api: true }) },
    { path: "scripts", GET: () => ({ txt2img: [], img2img: [] }) },
    { path: "embeddings", GET: () => ({ loaded: {}, skipped: {} }) },
    ...NONE.map((path) => ({ path, GET: () => [] })),
    { path: "refresh-checkpoints", POST: (request) => parts.bodies.read(request).then(() => ({})) },
    { path: "png-info", POST: pngInfo(parts) },
  ];
}

function scheduleType(label: string): object {
  const name = label.toLowerCase();
  return { name, label, aliases: null, default_rho: -1, need_inner_model: false };
}

async function servedName({ engine }: SharedParts): Promise<string> {
  return (await engine.models()).find(({ state }) => state === "ready")?.name ?? "";
}

function options(parts: SharedParts): Handler {
  return async () => ({
    sd_model_checkpoint: await servedName(parts),
    sd_vae: "Automatic",
    samples_format: "png",
    CLIP_stop_at_last_layers: 1,
  });
}

const choiceSchema = z.object({ sd_model_checkpoint: z.string().max(256) }).partial();

/** The only option that can be changed; clients send all others as well. It needs the scope for loading models. */
function choose(parts: SharedParts): Handler {
  return async (request) => {
    const { bytes } = await parts.bodies.read(request);
    const { sd_model_checkpoint: name } = asRequest(() =>
      readMembers(choiceSchema, readMessage(bytes, REQUEST_LIMITS)),
    );
    if (name === undefined || name === (await servedName(parts))) return {};
    if (!parts.callerOf(request).scopes.has("management")) {
      throw new StudioError("KEY_INSUFFICIENT", { scope: "management" });
    }
    await changeServed(parts.engine, "load", name);
    return {};
  };
}

const pngSchema = z.object({ image: z.string() });

/** How a PNG says it was made. */
function pngInfo({ bodies }: SharedParts): Handler {
  return async (request) => {
    const { bytes } = await bodies.read(request);
    const file = asRequest(() =>
      readPicture(readMembers(pngSchema, readMessage(bytes, REQUEST_LIMITS)).image, "image"),
    );
    const texts = readPngTexts(file);
    const info = texts.get("parameters") ?? "";
    return { info, items: Object.fromEntries(texts), parameters: {} };
  };
}
