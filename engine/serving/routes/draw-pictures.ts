import type { GenerationRecord } from "../../contract/image-record.ts";
import type { GenerationRequest } from "../../contract/request.ts";
import { encodePicture } from "../../codecs/picture-codec.ts";
import { recordedPng } from "../../image/generation-text.ts";
import { encodePng } from "../../image/png/png.ts";
import type { DrawnPictures } from "../../kserve/server/picture-data.ts";
import type { PictureFormat } from "../../kserve/server/wanted-picture.ts";
import type { Admission } from "../admission.ts";
import type { Caller } from "../caller.ts";
import type { ModelName, PictureEvent } from "../picture-engine.ts";
import type { ModelAddress } from "./served-model.ts";

/** What is to be drawn for a request, and the form of the reply. */
export interface InferenceWork {
  readonly requests: readonly GenerationRequest[];
  /** A PNG, JPEG or WebP as start image for all pictures. */
  readonly startImage?: Uint8Array | undefined;
  readonly format: PictureFormat;
  /** One of the ready models; by default the served one. */
  readonly model?: ModelName | undefined;
  /** What the request calls it. */
  readonly address?: ModelAddress;
  readonly caller: Caller;
  /** The request's own time limit in seconds. */
  readonly timeLimitSeconds: number | undefined;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** Called with each picture as soon as it is finished. */
  readonly onPicture?: (picture: Drawn) => void;
}

/** A picture as needed for a reply: its pixels or its file, and information about it. */
export interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
  readonly seed: string;
  readonly device: string;
  readonly precision: GenerationRecord["precision"];
  readonly record: GenerationRecord;
}

/** All pictures of a request. */
export interface DrawnRequest {
  readonly kind: "drawn";
  readonly pictures: readonly Drawn[];
  /** Measured from its turn on. */
  readonly seconds: number;
}

export type Progress = Extract<PictureEvent, { readonly kind: "progress" }>;

/** Draws a request when its turn comes: yields its progress, and finally all its pictures. */
export async function* drawPictures(
  admission: Admission,
  {
    requests,
    startImage,
    model,
    address,
    format,
    caller,
    timeLimitSeconds,
    signal,
    onPicture,
  }: InferenceWork,
): AsyncGenerator<Progress | DrawnRequest, void> {
  const pictures: Drawn[] = [];
  let startMs = performance.now();
  const onStart = (): void => {
    startMs = performance.now();
  };
  const job = { requests, startImage, model, askedVersion: address?.version };
  for await (const event of admission.draw({ job, caller, timeLimitSeconds, signal, onStart })) {
    if (event.kind === "progress") yield event;
    else {
      const picture = await toDrawn(event, format);
      pictures.push(picture);
      onPicture?.(picture);
    }
  }
  yield { kind: "drawn", pictures, seconds: Math.round(performance.now() - startMs) / 1000 };
}

/** The same without progress. */
export async function allPictures(
  admission: Admission,
  inference: InferenceWork,
): Promise<DrawnRequest> {
  for await (const event of drawPictures(admission, inference)) {
    if (event.kind === "drawn") return event;
  }
  throw new Error("a drawing ended without its pictures");
}

async function toDrawn(
  { pixels, png, record }: Extract<PictureEvent, { readonly kind: "picture" }>,
  format: PictureFormat,
): Promise<Drawn> {
  const { width, height } = pixels;
  const { seed = "", device, precision } = record;
  const told = { width, height, seed, device, precision, record };
  if (format === "raw") return { ...told, bytes: pixels.data };
  const bytes = format === "png" ? recordedPng(png, record) : await encodePicture(pixels, format);
  return { ...told, bytes };
}

/** Pictures of one size, in the form that the protocol's encoders take. */
export function ofOneSize(pictures: readonly Drawn[]): DrawnPictures {
  const [{ width, height } = { width: 0, height: 0 }] = pictures;
  return { width, height, pictures: pictures.map(({ bytes }) => bytes) };
}

/** Minimum time between two previews. */
const PREVIEW_MS = 500;

/** A request's progress, for its client. */
export interface Told {
  /** Steps finished, and their total, over all pictures of the request. */
  readonly step: number;
  readonly of: number;
  /** The picture so far, now and then: a small PNG. */
  readonly preview?: Uint8Array;
}

/** Whether a preview should be made at this step. */
export type PreviewDue = (step: number, of: number) => boolean;

/** Counts the steps of a request over all its pictures. */
export function progressTeller(
  { requests }: Pick<InferenceWork, "requests">,
  isDue: PreviewDue = nowAndThen(),
): (progress: Progress) => Promise<Told> {
  const pictures = requests.reduce((sum, { count = 1 }) => sum + count, 0);
  return async ({ image, step, steps, preview }) => {
    const told = { step: image * steps + step, of: pictures * steps };
    const pixels = isDue(told.step, told.of) ? await preview() : undefined;
    return pixels === undefined ? told : { ...told, preview: encodePng(pixels) };
  };
}

function nowAndThen(): PreviewDue {
  let shownAtMs = -Infinity;
  return () => {
    if (performance.now() - shownAtMs < PREVIEW_MS) return false;
    shownAtMs = performance.now();
    return true;
  };
}
