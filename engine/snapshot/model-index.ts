import { StudioError } from "../contract/errors.ts";
import { namesIn, readObject, type Listing } from "./files.ts";
import { quote } from "./json.ts";
import { isPickle } from "./weight-files.ts";

/** diffusers pipelines that consist of networks we can build. */
const PIPELINES: ReadonlySet<string> = new Set([
  "StableDiffusionPipeline",
  "StableDiffusionImg2ImgPipeline",
  "StableDiffusionInpaintPipeline",
  "StableDiffusionInpaintPipelineLegacy",
  "LatentConsistencyModelPipeline",
  "LatentConsistencyModelImg2ImgPipeline",
]);

interface Component {
  readonly key: string;
  readonly what: string;
  /** If empty, only pipelines without this component are supported. */
  readonly classes: readonly string[];
}

const COMPONENTS: readonly Component[] = [
  { key: "text_encoder", what: "The text encoder", classes: ["CLIPTextModel"] },
  { key: "tokenizer", what: "The tokenizer", classes: ["CLIPTokenizer", "CLIPTokenizerFast"] },
  { key: "unet", what: "The UNet", classes: ["UNet2DConditionModel"] },
  { key: "vae", what: "The VAE", classes: ["AutoencoderKL", "AutoencoderTiny"] },
  { key: "text_encoder_2", what: "Stable Diffusion XL's second text encoder", classes: [] },
];

/** What model_index.json says, except the networks' classes, which are only checked. */
export interface ModelIndex {
  readonly pipeline: string;
  /** The scheduler's class, which takes precedence over the one in scheduler_config.json; absent if none is given. */
  readonly scheduler: string | undefined;
}

/** Reads model_index.json. Refuses other classes of pipelines and networks by name. */
export async function readModelIndex(listing: Listing): Promise<ModelIndex> {
  const file = "model_index.json";
  if (!listing.sizes.has(file)) throw noSnapshot(namesIn(listing, ""));
  const index = await readObject(listing, file);
  const pipeline = index["_class_name"];
  if (typeof pipeline !== "string") {
    const reason = `_class_name is ${quote(pipeline)}, not the name of a pipeline`;
    throw new StudioError("CONFIG_INVALID", { file, reason });
  }
  if (!PIPELINES.has(pipeline)) throw unsupported("The pipeline", pipeline);
  for (const { key, what, classes } of COMPONENTS) {
    const name = className(index[key]);
    if (name !== undefined && !classes.includes(name)) throw unsupported(what, name);
  }
  const scheduler = className(index["scheduler"]);
  if (scheduler !== undefined && !/^\w{1,100}$/.test(scheduler)) {
    const reason = `scheduler is ${quote(scheduler)}, not the name of a class`;
    throw new StudioError("CONFIG_INVALID", { file, reason });
  }
  return { pipeline, scheduler };
}

/** A component is [library, class]; both are null if the pipeline has none. */
function className(component: unknown): string | undefined {
  const name: unknown = Array.isArray(component) ? component[1] : undefined;
  return typeof name === "string" ? name : undefined;
}

/** The refusal of a folder without model_index.json, which says what the folder seems to be instead. */
export function noSnapshot(names: readonly string[]): StudioError {
  const single = names.find((name) => name.endsWith(".safetensors"));
  if (single !== undefined) return unsupported("A model in a single file", single);
  const pickle = names.find(isPickle);
  if (pickle !== undefined) return new StudioError("PICKLE_REFUSED", { file: pickle });
  return new StudioError("SNAPSHOT_INCOMPLETE", { file: "model_index.json" });
}

function unsupported(what: string, found: string): StudioError {
  return new StudioError("SNAPSHOT_UNSUPPORTED", { what, found: found.slice(0, 100) });
}
