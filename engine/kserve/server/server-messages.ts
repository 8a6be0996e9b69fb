import { StudioError, toWire } from "../../contract/errors.ts";
import { PICTURE_INPUTS, PICTURE_OUTPUT, type PictureInput } from "./picture-inputs.ts";

/** Protocol extensions, with Triton's names if it has them. */
export const EXTENSIONS = [
  "binary_tensor_data",
  "model_repository",
  "generate",
  "statistics",
] as const;

/** `GET /v2`. */
export interface ServerMetadata {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
}

/** The server as it describes itself. */
export function serverMetadata(name: string, version: string): ServerMetadata {
  return { name, version, extensions: EXTENSIONS };
}

/** `GET /v2/models/{m}`. */
export interface ModelMetadata {
  readonly name: string;
  readonly versions?: readonly string[];
  /** `<project>_<format>`, for people. */
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
  readonly properties?: Readonly<Record<string, string>>;
}

/** A tensor in metadata; -1 in its shape is decided by the request. */
interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

/** A picture model with everything that can be set, so that clients need not guess. */
export function modelMetadata(
  model: Pick<ModelMetadata, "name" | "versions" | "properties">,
): ModelMetadata {
  return {
    ...model,
    platform: "darkroom_diffusers",
    inputs: Object.values(PICTURE_INPUTS).map(declared),
    outputs: [{ ...PICTURE_OUTPUT }],
  };
}

function declared({ name, datatype, shape }: PictureInput): TensorMetadata {
  return { name, datatype, shape };
}

/** `GET /v2/health/live`. Triton's clients look only at the status. */
export const LIVE = { live: true } as const;

/** `GET /v2/health/ready`. */
export function serverReady(isReady: boolean): { readonly ready: boolean } {
  return { ready: isReady };
}

/** `GET /v2/models/{m}/ready`, and `GET /v1/models/{m}`. */
export function modelReady(
  name: string,
  isReady: boolean,
): { readonly name: string; readonly ready: boolean } {
  return { name, ready: isReady };
}

/** `GET /v2/models`, an addition of KServe's server, and `GET /v1/models`. */
export function modelList(names: readonly string[]): { readonly models: readonly string[] } {
  return { models: names };
}

/** An error in every protocol: its status, and one sentence as `error`. */
export function errorReply(error: unknown): {
  readonly status: number;
  readonly body: { readonly error: string };
} {
  const { code, message, details } = toWire(error);
  return { status: new StudioError(code, details).status, body: { error: message } };
}
