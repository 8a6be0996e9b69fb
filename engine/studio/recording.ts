import { PRECISIONS } from "../contract/precision.ts";
import { isLoopback } from "../contract/loopback.ts";
import type { Endpoint } from "../contract/endpoints.ts";
import { StudioError } from "../contract/errors.ts";
import type { Recall } from "../contract/generation.ts";
import type { GenerationRecord } from "../contract/image-record.ts";
import type { Order } from "../contract/order.ts";
import type { Recording, Replay } from "../contract/recordings.ts";
import { requestSchema } from "../contract/request.ts";
import type { Server } from "../contract/server.ts";
import { requestFor } from "../endpoints/encode-order.ts";
import { readAddress } from "../endpoints/endpoint-address.ts";
import { sentOrder, type Receiver } from "../endpoints/sent-order.ts";
import { readRecorded } from "../kserve/recorder/read-recorded.ts";
import { recordingsOf, type SecretHeader } from "../kserve/recorder/recordings.ts";
import { PICTURE_INPUTS } from "../kserve/server/picture-inputs.ts";

/** The recipient of a recorded request: this machine's server, or an endpoint. */
export type Recipient =
  | { readonly server: Pick<Server, "settings" | "origin" | "modelNames"> }
  | { readonly endpoint: Endpoint };

/** Any text works: this is the notebook's. */
const REQUEST_ID = "42";

/** The environment variable from which programs read a token or key. */
const TOKEN_VARIABLE = "DARKROOM_TOKEN";
const KEY_VARIABLE = "DARKROOM_KEY";

/** The request for an order in every form. Refuses image to image, since endpoints are sent no start images. */
export function recordingOf(order: Order, recipient: Recipient): Recording {
  if (order.strength !== undefined || order.initImageId !== undefined) {
    const details = { field: "The picture", value: "written as a request" };
    const reason = "it has a start image, and endpoints take none";
    throw new StudioError("REQUEST_INVALID", { ...details, reason });
  }
  return "endpoint" in recipient
    ? atEndpoint(order, recipient.endpoint)
    : atServer(order, recipient.server);
}

function atEndpoint(order: Order, endpoint: Endpoint): Recording {
  const { origin, basePath, version } = readAddress(endpoint.url);
  const headers = endpoint.headers.map((name) => ({
    name,
    prefix: "",
    variable: variableOf(name),
  }));
  const token = { name: "Authorization", prefix: "Bearer ", variable: TOKEN_VARIABLE };
  const trust = endpoint.isInsecure ? "anyone" : endpoint.ca === null ? "system" : CA_FILE;
  return recordingsOf({
    base: origin + basePath,
    modelName: order.model,
    version,
    isV1Wrapper: endpoint.isV1Wrapper,
    request: requestFor(REQUEST_ID, sentOrder(order, endpoint), endpoint),
    secrets: [...(endpoint.hasToken ? [token] : []), ...headers],
    trust,
  });
}

const CA_FILE = { file: "ca.pem" } as const;

/** `X-Api-Key` as `X_API_KEY`. */
function variableOf(header: string): string {
  return header.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}

/** Our server declares all inputs. */
const OURS: Receiver = {
  profile: "full",
  check: {
    at: "1970-01-01T00:00:00.000Z",
    state: "ready",
    ms: 0,
    models: [],
    inputs: Object.values(PICTURE_INPUTS).map(({ name }) => name),
  },
};

function atServer(order: Order, { settings, origin, modelNames }: ServerOf): Recording {
  const host = settings.host.includes(":") ? `[${settings.host}]` : settings.host;
  const base = new URL(origin ?? `http://${host}:${settings.port}`);
  // An address for all interfaces cannot be used in a request.
  if (/^(?:0\.0\.0\.0|\[::\])$/.test(base.hostname)) base.hostname = "127.0.0.1";
  const isKeyed =
    settings.isKeyRequired || settings.hostNames.length > 0 || !isLoopback(settings.host);
  const key: SecretHeader = { name: "Authorization", prefix: "Bearer ", variable: KEY_VARIABLE };
  return recordingsOf({
    base: base.origin,
    modelName: modelNames.includes(order.model) ? order.model : (modelNames.at(-1) ?? order.model),
    request: requestFor(REQUEST_ID, order, OURS),
    secrets: isKeyed ? [key] : [],
    trust: "system",
  });
}

type ServerOf = Extract<Recipient, { server: unknown }>["server"];

/** The order that would draw a picture again, from its record. */
export function orderOf(record: GenerationRecord): Order {
  const { prompt, negativePrompt, model, width, height } = record;
  return { prompt, negativePrompt, model, width, height, ...settingsOf(record) };
}

function settingsOf(record: Recall["record"]) {
  const { steps, guidanceScale, seed, scheduler, preset } = record;
  const { guidanceInterval, cacheInterval, decoder } = record;
  const precision = PRECISIONS.find((name) => name === record.precision);
  return {
    ...(steps !== undefined && { steps }),
    ...(guidanceScale !== undefined && { guidanceScale }),
    ...(seed !== undefined && { seed }),
    ...(scheduler !== undefined && { scheduler }),
    ...(precision !== undefined && { precision }),
    ...(preset !== undefined && { preset }),
    ...(guidanceInterval !== undefined && { guidanceInterval }),
    ...(cacheInterval !== undefined && { cacheInterval }),
    ...(decoder !== undefined && { decoder }),
    ...startOf(record),
  };
}

/** Its start image, and how it was fitted; empty for text to image. */
function startOf({ strength, initImageId, resizeMode }: Recall["record"]) {
  return {
    ...(strength !== undefined && { strength }),
    ...(initImageId !== undefined && { initImageId }),
    ...(resizeMode !== undefined && { resizeMode }),
  };
}

/** The settings in a recorded file: a request as text, or a picture that says how it was made. */
export async function readReplay(file: File): Promise<Replay> {
  const bytes = await file.bytes();
  // The codec is a large native module, so it is loaded with the first picture that needs it.
  const { isPicture } = await import("../codecs/picture-codec.ts");
  if (!isPicture(bytes)) return readRecorded(bytes);
  const { readForeignGeneration } = await import("../codecs/read-generation.ts");
  const { record } = await readForeignGeneration(bytes, file.name);
  refuseUnknownStart(record, file.name);
  const { prompt = "", negativePrompt, width, height } = record;
  const asked = requestSchema.safeParse({
    prompt,
    ...(negativePrompt !== undefined && { negativePrompt }),
    ...(width !== undefined && height !== undefined && { width, height }),
    ...settingsOf(record),
  });
  if (asked.success) return { requests: [asked.data] };
  const [issue] = asked.error.issues;
  const field = `What ${file.name} says of its ${String(issue?.path[0] ?? "settings")}`;
  const reason = (issue?.message ?? "it does not fit").replace(/\.$/, "");
  throw new StudioError("REQUEST_INVALID", { field, value: "drawn again", reason });
}

function refuseUnknownStart({ strength, initImageId }: Recall["record"], name: string): void {
  if (strength === undefined || initImageId !== undefined) return;
  const reason = "it was made from a start image that the file does not name";
  throw new StudioError("REQUEST_INVALID", { field: name, value: "drawn again", reason });
}
