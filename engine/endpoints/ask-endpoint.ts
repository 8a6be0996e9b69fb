import { StudioError } from "../contract/errors.ts";
import { recordSchema, type GenerationRecord } from "../contract/image-record.ts";
import { seedSchema } from "../contract/seed.ts";
import type { Order } from "../contract/order.ts";
import type { EndpointReply } from "../kserve/client/endpoint-reply.ts";
import { refusalOf } from "../kserve/client/endpoint-refusal.ts";
import { V1_WRAPPER } from "../kserve/client/server-faults.ts";
import type { ParameterValue } from "../kserve/wire/wire-tensor.ts";
import type { ColdStart } from "./cold-start.ts";
import type { EndpointClient } from "./endpoint-client.ts";
import type { PictureAsk } from "./kinds/remote-kind.ts";
import type { PictureThread } from "./picture-thread.ts";
import { withRetries } from "./retries.ts";
import type { EncodedPicture } from "./thread-messages.ts";

/** A picture that an endpoint drew, and what it reported about it. */
export interface ToldPicture extends EncodedPicture {
  readonly seed?: string;
  readonly device?: string;
  readonly precision?: GenerationRecord["precision"];
  /** From the request that succeeded to its picture. */
  readonly seconds: number;
  /** The drawing time that the server reported. */
  readonly toldSeconds?: number;
  /** Whether v2's address drew it and could not send it, so that it came from v1's. */
  readonly isV1Wrapper?: boolean;
}

/** Bytes of bodies. */
export interface Traffic {
  readonly bytesOut: number;
  readonly bytesIn: number;
}

export interface AskingParts {
  readonly client: Pick<EndpointClient, "ask">;
  readonly thread: PictureThread;
  /** Makes the request, again for each attempt: an id is used once. */
  readonly request: () => PictureAsk;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onAttempt?: (attempt: number) => void;
  /** Waits if the endpoint is starting. */
  readonly start?: Pick<ColdStart, "before" | "through">;
  /** Called when the server has a request for the picture, and when it no longer has. */
  readonly onOut?: ((isOut: boolean) => void) | undefined;
  /** Maximum number of attempts at a busy endpoint; five by default. */
  readonly attempts?: number | undefined;
  /** Called with the bytes of a request and its reply. */
  readonly onTraffic?: ((traffic: Traffic) => void) | undefined;
  /** Called when v1's address returned the picture that v2's could not, or when v2's did. */
  readonly onV1Wrapper?: ((isV1Wrapper: boolean) => void) | undefined;
}

/** Asks an endpoint for an order's picture. Rejects with the signal's reason, or with an ENDPOINT refusal. */
export async function askEndpoint(order: Order, parts: AskingParts): Promise<ToldPicture> {
  const { signal, onAttempt, attempts, start } = parts;
  const retrying = { signal, attempts, ...(onAttempt && { onAttempt }) };
  await start?.before();
  const ask = askingEither(parts);
  const attempt = start === undefined ? ask : () => start.through(ask);
  const { reply, seconds, ...wrapper } = await withRetries(attempt, retrying);
  const { width, height, isSizeOpen } = order;
  const asked = isSizeOpen === true ? {} : { width, height };
  const { picture, parameters } = await parts.thread.read(reply, asked, signal);
  const encoded = "png" in picture ? picture : await recode(picture.bytes, parts);
  return { ...encoded, ...toldBy(parameters), ...wrapper, seconds };
}

interface Answer {
  readonly reply: EndpointReply;
  readonly seconds: number;
  readonly isV1Wrapper?: boolean;
}

/**
 * KServe's wrapper with its default PROTOCOL_VERSION, v1, draws a request to v2's address but cannot return the
 * picture; at v1's address the same request succeeds. Once that was seen, v2's is not asked again: it would draw in
 * vain.
 */
function askingEither(parts: AskingParts): () => Promise<Answer> {
  const { path } = parts.request();
  if (v1Path(path) === path) return () => askOnce(parts);
  let isV1Wrapper = false;
  const ask = async (): Promise<Answer> => {
    const request = isV1Wrapper ? () => atV1(parts.request()) : parts.request;
    const answer = await askOnce({ ...parts, request });
    parts.onV1Wrapper?.(isV1Wrapper);
    return isV1Wrapper ? { ...answer, isV1Wrapper } : answer;
  };
  return async () => {
    try {
      return await ask();
    } catch (error) {
      if (isV1Wrapper || !isOfV1Wrapper(error)) throw error;
      isV1Wrapper = true;
      return ask();
    }
  };
}

/** The same request at v1's address. */
export function atV1(asked: PictureAsk): PictureAsk {
  return { ...asked, path: v1Path(asked.path) };
}

/** The address of the same model in protocol v1. */
function v1Path(path: string): string {
  return path.replace(
    /\/v2\/models\/([^/]+)(?:\/versions\/[^/]+)?\/infer$/,
    (_, model: string) => `/v1/models/${model}:predict`,
  );
}

function isOfV1Wrapper(error: unknown): boolean {
  if (!(error instanceof StudioError) || error.code !== "ENDPOINT_FAULT") return false;
  return error.details["reason"] === V1_WRAPPER.reason;
}

/** Asks in the fastest form, and again in the plain one if that was refused, before anything was drawn. */
async function askOnce(parts: AskingParts): Promise<Answer> {
  const { plain, ...asked } = parts.request();
  try {
    return await send(asked, parts);
  } catch (error) {
    if (plain === undefined || !isRefused(error)) throw error;
    return send({ ...asked, message: plain }, parts);
  }
}

/** Whether the message itself was refused, with 400 or 422, so that no picture has begun. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof StudioError) || error.code !== "ENDPOINT_REFUSED") return false;
  const { status } = error.details;
  return status === 400 || status === 422;
}

async function send({ path, message }: PictureAsk, parts: AskingParts): Promise<Answer> {
  const { client, timeoutMs, signal, onOut, onTraffic } = parts;
  const from = performance.now();
  const onSent = onOut && (() => onOut(true));
  const reply = await client.ask({ path, message, timeoutMs, signal, onSent });
  onOut?.(false);
  const bytesOut = [...message.chunks].reduce((all, { length }) => all + length, 0);
  onTraffic?.({ bytesOut, bytesIn: reply.body.length });
  const seconds = (performance.now() - from) / 1000;
  // A refusal is short; anything else is read in the other thread.
  const isOk = reply.status >= 200 && reply.status < 300;
  const refusal = isOk ? undefined : refusalOf(reply);
  if (refusal !== undefined) throw refusal;
  return { reply, seconds };
}

/** Decodes and encodes a file from an endpoint, so that nothing else in it is kept. */
async function recode(bytes: Uint8Array, { thread, signal }: AskingParts): Promise<EncodedPicture> {
  // The codec is a large native module, so it is loaded with the first picture that needs it.
  const { decodePicture } = await import("../codecs/picture-codec.ts");
  const pixels = await decodePicture(bytes, "The endpoint's picture").catch(asPicture);
  return thread.encode({ ...pixels, data: pixels.data.slice() }, signal);
}

/** Converts errors of the decoder: the advice for a file that a person chose does not fit one from an endpoint. */
function asPicture(error: unknown): never {
  if (!(error instanceof StudioError) || error.code !== "IMAGE_UNREADABLE") throw error;
  const reason = String(error.details["reason"]);
  throw new StudioError("ENDPOINT_PICTURE_INVALID", { reason }, { cause: error });
}

const MAX_DEVICE = 100;
const MAX_SECONDS = 86_400;

const precisionSchema = recordSchema.shape.precision.unwrap();

/** Seed, device and precision, as our own server reports them. */
function toldBy(
  parameters: ReadonlyMap<string, ParameterValue>,
): Pick<ToldPicture, "seed" | "device" | "precision" | "toldSeconds"> {
  const { data: seed } = seedSchema.safeParse(String(parameters.get("seed") ?? "").split(",")[0]);
  const device = parameters.get("device");
  const { data: precision } = precisionSchema.safeParse(parameters.get("precision"));
  const told = parameters.get("seconds");
  const toldSeconds = typeof told === "number" && told > 0 && told < MAX_SECONDS ? told : undefined;
  const isDevice = typeof device === "string" && device.trim() !== "";
  return {
    ...(seed !== undefined && { seed }),
    ...(precision !== undefined && { precision }),
    ...(toldSeconds !== undefined && { toldSeconds }),
    ...(isDevice && { device: device.trim().slice(0, MAX_DEVICE).toWellFormed() }),
  };
}
