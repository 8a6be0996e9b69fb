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

/** What is to be drawn for a request, and how it is to come back. */
export interface InferenceWork {
  readonly requests: readonly GenerationRequest[];
  /** A PNG, JPEG or WebP that all of them start from. */
  readonly startImage?: Uint8Array | undefined;
  readonly format: PictureFormat;
  /** Of the ready ones; the one that is served by default. */
  readonly model?: ModelName | undefined;
  readonly caller: Caller;
  /** Seconds that the request gives itself. */
  readonly timeLimitSeconds: number | undefined;
  /** Fires when the client is gone. */
  readonly signal: AbortSignal;
  /** Told of each picture as soon as it is there. */
  readonly onPicture?: (picture: Drawn) => void;
}

/** One picture as a reply needs it: its pixels or its file, and what is told of it. */
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
  /** From its turn on. */
  readonly seconds: number;
}

export type Progress = Extract<PictureEvent, { readonly kind: "progress" }>;

/** Draws a request when it is its turn: yields how far it is, and at the end all its pictures. */
export async function* drawPictures(
  admission: Admission,
  {
    requests,
    startImage,
    model,
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
  const job = { requests, startImage, model };
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

/** The same for who does not care how far it is. */
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

/** Pictures of one size as the protocol's encoders take them. */
export function ofOneSize(pictures: readonly Drawn[]): DrawnPictures {
  const [{ width, height } = { width: 0, height: 0 }] = pictures;
  return { width, height, pictures: pictures.map(({ bytes }) => bytes) };
}

/** Time between two previews, at the least. */
const PREVIEW_MS = 500;

/** How far a request is, for its client. */
export interface Told {
  /** Steps done, of how many; of all pictures of the request together. */
  readonly step: number;
  readonly of: number;
  /** What it looks like so far, now and then: a small PNG. */
  readonly preview?: Uint8Array;
}

/** Whether what develops is to be shown at this step. */
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
