import { z } from "zod";
import { ARCHIVE_REFUSALS } from "./archive-refusals.ts";
import { BUCKET_REFUSALS } from "./bucket-refusals.ts";
import { CLUSTER_REFUSALS } from "./cluster-refusals.ts";
import { DEPLOY_REFUSALS } from "./deploy-refusals.ts";
import { DOWNLOAD_REFUSALS } from "./download-refusals.ts";
import { INFERENCE_REFUSALS } from "./inference-refusals.ts";

/**
 * The table of refusals. Each has a code, its HTTP status, and the next step for a person. `{name}` in a sentence is
 * replaced by the error's details. test/house/errors.test.ts keeps it in agreement with REFUSALS.md.
 */
export const REFUSALS = {
  SNAPSHOT_NOT_FOUND: {
    status: 404,
    sentence: "There is no model folder at {path}.",
    advice: "Check the path; it must be a folder that contains model_index.json.",
  },
  SNAPSHOT_INCOMPLETE: {
    status: 422,
    sentence: "The model lacks {file}.",
    advice: "Copy or download the whole diffusers folder again.",
  },
  SNAPSHOT_UNSUPPORTED: {
    status: 422,
    sentence: "{what} is not supported: {found}.",
    advice: "Use a Stable Diffusion 1.x or 2.x model in diffusers layout.",
  },
  CONFIG_INVALID: {
    status: 422,
    sentence: "{file} cannot be used: {reason}.",
    advice: "Restore the file from the model's publisher.",
  },
  PICKLE_REFUSED: {
    status: 422,
    sentence: "{file} contains executable Python data and is never opened.",
    advice: "Use the safetensors version of this model, or convert it with safetensors' own tool.",
  },
  SAFETENSORS_INVALID: {
    status: 422,
    sentence: "{file} is not a valid safetensors file: {reason}.",
    advice: "Copy or download the file again; if that does not help, its publisher must repair it.",
  },
  WEIGHT_MISSING: {
    status: 422,
    sentence: "The {network} weights lack {name}.",
    advice: "The weights and the config do not belong together; use both from the same model.",
  },
  WEIGHT_MISMATCH: {
    status: 422,
    sentence: "{name} of the {network} is {found}, but the config asks for {wanted}.",
    advice: "The weights and the config do not belong together; use both from the same model.",
  },
  TOKENIZER_INVALID: {
    status: 422,
    sentence: "The tokenizer cannot be used: {file}: {reason}.",
    advice: "Restore the tokenizer folder from the model's publisher.",
  },
  SCHEDULER_UNSUPPORTED: {
    status: 422,
    sentence: "The scheduler cannot do this: {reason}.",
    advice: "Choose another scheduler, or restore scheduler_config.json.",
  },
  REQUEST_INVALID: {
    status: 400,
    sentence: "{field} cannot be {value}: {reason}.",
    advice: "Change the value and try again.",
  },
  IMAGE_UNREADABLE: {
    status: 422,
    sentence: "{file} cannot be read as a picture: {reason}.",
    advice: "Use a PNG, JPEG or WebP picture of at most 8192 pixels a side.",
  },
  OUTPUT_EXISTS: {
    status: 409,
    sentence: "{path} already exists.",
    advice: "Choose another name, or overwrite it with --force.",
  },
  OUTPUT_UNWRITABLE: {
    status: 500,
    sentence: "The picture could not be written to {path}: {reason}.",
    advice: "Choose a folder you may write to.",
  },
  DISK_FULL: {
    status: 507,
    sentence: "The disk is full: {path} needs {needed}.",
    advice: "Free some space and try again; incomplete files are never used.",
  },
  CACHE_UNWRITABLE: {
    status: 500,
    sentence: "The cache folder {path} cannot be written: {reason}.",
    advice: "Make it writable, or choose another folder for caches.",
  },
  DEVICE_UNAVAILABLE: {
    status: 503,
    sentence: "The device {device} cannot be used: {reason}.",
    advice: "Choose another device, or leave the choice to `auto`.",
  },
  OUT_OF_MEMORY: {
    status: 507,
    sentence: "The device ran out of memory while {doing}.",
    advice: "Choose a smaller size, or close other programs.",
  },
  NOT_FINITE: {
    status: 500,
    sentence: "The {network} produced numbers that are not finite at step {step}.",
    advice: "Try another seed or size; if that does not help, run this model on the CPU in fp32.",
  },
  INFERENCE_CRASHED: {
    status: 503,
    sentence: "The inference process stopped unexpectedly while {doing} ({reason}).",
    advice: "It starts again for the next picture; try again.",
  },
  INFERENCE_FAILED: {
    status: 500,
    sentence: "ONNX Runtime failed while {doing}: {reason}.",
    advice: "Try the CPU device; if that fails, too, report this message.",
  },
  CUDA_UNSUPPORTED: {
    status: 501,
    sentence: "CUDA support cannot be added on this computer: {reason}.",
    advice: "Use `npm run devices` to see what this computer offers.",
  },
  CUDA_DOWNLOAD_FAILED: {
    status: 502,
    sentence: "The CUDA libraries could not be downloaded from {url}: {reason}.",
    advice: "Run `npm run cuda` again; it continues where it stopped.",
  },
  CUDA_LICENCE: {
    status: 403,
    sentence: "NVIDIA's licence was not accepted, so nothing was downloaded.",
    advice: "Run `npm run cuda` in a terminal to read it, or pass --accept-licence.",
  },
  CUDA_DOWNLOAD_DAMAGED: {
    status: 502,
    sentence: "The download from {url} is not the pinned package: {reason}.",
    advice: "It was discarded; run `npm run cuda` again, on another network if it happens again.",
  },
  NOT_FOUND: {
    status: 404,
    sentence: "There is no {what} called {id}.",
    advice: "It may have been removed; look at the list again.",
  },
  STATE_CONFLICT: {
    status: 409,
    sentence: "{what} cannot be {wanted}: it is {state}.",
    advice: "Look at the list again; it may have changed in the meantime.",
  },
  NO_GENERATION_DATA: {
    status: 422,
    sentence: "{file} does not say how it was made: {reason}.",
    advice:
      "Use the original file from a program that Darkroom supports; messaging apps and image editors remove the settings.",
  },
  ALBUM_EXISTS: {
    status: 409,
    sentence: "An album called {name} already exists.",
    advice: "Choose another name, or add the pictures to that album.",
  },
  PICTURE_MISSING: {
    status: 410,
    sentence: "The picture {file} is no longer where it was saved.",
    advice: "Put it back, or move it to the trash.",
  },
  MODEL_IN_USE: {
    status: 409,
    sentence: "{model} cannot be removed: {reason}.",
    advice: "Wait until it is no longer used, or cancel what uses it.",
  },
  MODEL_EXISTS: {
    status: 409,
    sentence: "The model store already contains {model}.",
    advice: "Remove it first, or keep the present one.",
  },
  ...DOWNLOAD_REFUSALS,
  SECRET_UNAVAILABLE: {
    status: 500,
    sentence: "The {vault} cannot keep secrets: {reason}.",
    advice: "Unlock it, or set HF_TOKEN in the environment instead.",
  },
  TOKEN_REFUSED: {
    status: 401,
    sentence: "Signing in to Darkroom failed: {reason}.",
    advice: "Open the address that `npm run darkroom -- open` prints.",
  },
  ADDRESS_REFUSED: {
    status: 403,
    sentence: "Darkroom refused this request: {reason}.",
    advice: "Open the address that `npm run darkroom -- open` prints.",
  },
  PORT_IN_USE: {
    status: 409,
    sentence: "Port {port} on {host} is in use.",
    advice: "Choose another port, or end the program that uses it.",
  },
  PORT_REFUSED: {
    status: 409,
    sentence: "The system refuses port {port} on {host}.",
    advice:
      "Choose another port. Ports below 1024 need more rights, and Windows reserves ranges: `netsh interface ipv4 show excludedportrange protocol=tcp` lists them.",
  },
  ALREADY_RUNNING: {
    status: 409,
    sentence: "The data folder {folder} is in use by {by}.",
    advice: "End that process first, or choose another folder with --data-dir.",
  },
  STUDIO_SILENT: {
    status: 503,
    sentence: "The Darkroom process for {folder} (process {pid}) does not answer.",
    advice: "It may be stopped or busy: try again later, or end that process and start it again.",
  },
  NOT_RUNNING: {
    status: 404,
    sentence: "No studio is running for {folder}.",
    advice: "Start one with `npm start` or `npm run darkroom -- serve`.",
  },
  DATA_FOLDER_UNUSABLE: {
    status: 500,
    sentence: "The data folder {path} cannot be used: {reason}.",
    advice: "Choose a folder of your own with --data-dir.",
  },
  INTERFACE_MISSING: {
    status: 500,
    sentence: "Darkroom's pages are not built.",
    advice: "Run `npm run build`; `npm start` does it automatically.",
  },
  STYLES_UNREADABLE: {
    status: 422,
    sentence: "{file} cannot be read as a list of styles: {reason}.",
    advice: "Use AUTOMATIC1111's styles.csv, or a file that Darkroom exported.",
  },
  ENTRY_UNREADABLE: {
    status: 500,
    sentence: "{what} cannot be read: {reason}.",
    advice: "If a newer version of Darkroom wrote it, use that version; otherwise remove it.",
  },
  REASON_UNKNOWN: {
    status: 500,
    sentence:
      "It failed for a reason that this version of Darkroom does not know ({code}): {reason}.",
    advice: "Try again, or look at it with the version that wrote it.",
  },
  ...INFERENCE_REFUSALS,
  ...ARCHIVE_REFUSALS,
  ...BUCKET_REFUSALS,
  ...DEPLOY_REFUSALS,
  ...CLUSTER_REFUSALS,
  INTERNAL: {
    status: 500,
    sentence: "An internal error occurred: {reason}.",
    advice: "Report it; the log has the details.",
  },
} as const;

export type RefusalCode = keyof typeof REFUSALS;
export type Details = Readonly<Record<string, string | number>>;

const isCode = (code: unknown): boolean =>
  typeof code === "string" && Object.hasOwn(REFUSALS, code);

/** How an error is sent and stored. */
export const errorSchema = z.object({
  code: z.custom<RefusalCode>(isCode, "no refusal is called that"),
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type WireError = z.output<typeof errorSchema>;

/** A refusal with a name: `code` from the table, `message` for a person, `details` for a program. */
export class StudioError extends Error {
  readonly code: RefusalCode;
  readonly details: Details;

  constructor(code: RefusalCode, details: Details = {}, options?: ErrorOptions) {
    super(fill(code, details), options);
    this.name = "StudioError";
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return REFUSALS[this.code].status;
  }
}

function fill(code: RefusalCode, details: Details): string {
  const { sentence, advice } = REFUSALS[code];
  // A foreign text at the end of a sentence can have its own full stop.
  return `${sentence} ${advice}`.replace(/\{(\w+)\}(\.?)/g, (_, name: string, stop: string) => {
    const text = String(details[name] ?? "?");
    return /[.!?…]$/.test(text) ? text : text + stop;
  });
}

/** The refusal in a wire form; undefined if it is not one of ours. */
export function fromWire(value: unknown): StudioError | undefined {
  const { data } = errorSchema.safeParse(value);
  return data && new StudioError(data.code, data.details);
}

/** The wire form of anything thrown; what is not a refusal becomes INTERNAL, without its stack. */
export function toWire(error: unknown): WireError {
  const known =
    error instanceof StudioError
      ? error
      : new StudioError("INTERNAL", { reason: error instanceof Error ? error.name : "unknown" });
  return { code: known.code, message: known.message, details: known.details };
}
