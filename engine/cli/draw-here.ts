import { resolve } from "node:path";
import type { DeviceName } from "../contract/devices.ts";
import { type Stage, stageWords } from "../contract/progress.ts";
import type { GenerationRequest } from "../contract/request.ts";
import type { TypedPrompts } from "../contract/styles.ts";
import { Drawing, type DrawingInputs } from "../drawing/drawing.ts";
import type { RequestEvent } from "../drawing/drawing-events.ts";
import type { Preparation } from "../drawing/load-model.ts";
import { formatBytes } from "../files/disk-full.ts";
import { drawableFolder, type WorkProgress } from "../drawing/unpacked-archive.ts";
import { fasterWays, presetSecondsAt } from "./faster-ways.ts";
import { note, printJson, progressLine } from "./outcome.ts";
import { type PictureFile, writePicture } from "./picture-file.ts";
import type { readPicture } from "./request-flags.ts";

/** How to draw on this device, and where to write. */
export interface DrawingFlags {
  readonly model?: string;
  readonly tinyDecoder?: string;
  readonly device: DeviceName;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly count: number;
}

type Asked = { readonly [K in keyof GenerationRequest]?: GenerationRequest[K] | undefined } & {
  readonly prompt: string;
};

export interface DrawingHere {
  readonly signal: AbortSignal;
  readonly initImage?: Awaited<ReturnType<typeof readPicture>> | undefined;
  readonly typed?: TypedPrompts | undefined;
}

/** Draws on this device without a studio, and writes the pictures. */
export async function drawHere(
  request: Asked,
  flags: DrawingFlags,
  { typed, ...here }: DrawingHere,
): Promise<void> {
  await withDrawing(flags, here, async (drawing, shared) => {
    const model = await modelFolder(flags.model, here.signal);
    let started: Started | undefined;
    for await (const event of drawing.generate(request, { ...shared, model, typed })) {
      reportWork(event, flags);
      if (event.kind === "started") started ??= event;
      if (started && isExact(request)) tellFasterWays(started, event);
      if (event.kind === "image") {
        await writeReported(event, { prompt: request.prompt, image: event.image, flags });
      }
    }
  });
}

/** Opens the device, runs `work` with the inputs that all its pictures share, and closes the device. */
export async function withDrawing<T>(
  { device, tinyDecoder }: Pick<DrawingFlags, "device" | "tinyDecoder">,
  { signal, initImage }: Pick<DrawingHere, "signal" | "initImage">,
  work: (drawing: Drawing, shared: DrawingInputs) => Promise<T>,
): Promise<T> {
  const drawing = new Drawing({ device });
  try {
    drawing.start();
    const tiny = { folder: tinyDecoder && resolve(tinyDecoder) };
    return await work(drawing, {
      startImage: initImage,
      tiny,
      onPreparing: preparationReport(),
      onStage: reportStage,
      signal,
    });
  } finally {
    drawing.close();
  }
}

/** The folder of the model at `path`, unpacked if it is an archive; undefined means the starter. */
export async function modelFolder(
  path: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  return path && (await drawableFolder(path, { signal, onProgress: reportUnpacking }));
}

function reportUnpacking({ doneBytes, totalBytes }: WorkProgress): void {
  progressLine(`Unpacking the archive, once: ${percent(doneBytes / totalBytes)}`);
}

/** Says once for each network what is written and where, and then how far it is. */
function preparationReport(): (progress: Preparation) => void {
  const told = new Set<string>();
  return ({ network, doneBytes, totalBytes, copy }) => {
    if (copy !== undefined && !told.has(network)) {
      told.add(network);
      progressLine(describeCopy(network, copy), true);
    }
    progressLine(`Preparing the ${network} for the CPU, once: ${percent(doneBytes / totalBytes)}`);
  };
}

/** Says what is done before the first step. */
function reportStage(stage: Stage): void {
  if (stage !== "denoising") progressLine(stageWords({ stage, step: 0, steps: 0 }));
}

/** Where a network's weights for the CPU are written, and how large they are. */
export function describeCopy(
  network: string,
  { folder, sizeBytes }: NonNullable<Preparation["copy"]>,
): string {
  return `The ${network} is copied for the CPU: ${formatBytes(sizeBytes)} in ${folder}. You may delete the copy at any time.`;
}

type Started = Extract<RequestEvent, { kind: "started" }>;
type Drawn = Extract<RequestEvent, { kind: "image" }>;

/** Whether no setting makes the picture faster than Exact. */
function isExact({ preset = "exact", precision = "auto", steps }: Asked): boolean {
  return preset === "exact" && precision === "auto" && steps === undefined;
}

/** Estimates the time from the first step, and names faster presets if that is long. */
function tellFasterWays({ model, device }: Started, event: RequestEvent): void {
  if (event.kind !== "progress" || event.image > 0 || event.step > 1) return;
  const { secondsPerStep } = event;
  const ways = fasterWays(presetSecondsAt({ model, device, secondsPerStep }));
  if (ways !== undefined) note(ways);
}

/** Reports the settings at the start, then the progress. */
export function reportWork(
  event: RequestEvent,
  { json, count }: Pick<DrawingFlags, "json" | "count">,
): void {
  const isJson = json === true;
  if (event.kind === "started") {
    const { order, model, device } = event;
    const { width, height, steps, guidanceScale, scheduler, seed } = order;
    if (!isJson && event.image === 0) {
      note(
        `${model.name} on ${device}: ${width}x${height}, ${scheduler}, ${steps} steps, guidance ${guidanceScale}, seed ${seed}`,
      );
      if (model.isStarter) note(model.description);
    }
  } else if (event.kind === "progress") {
    const { image, step, steps, secondsPerStep } = event;
    if (isJson) printJson({ type: "progress", image, step, steps, secondsPerStep });
    else
      progressLine(
        `Picture ${image + 1} of ${count}, step ${step} of ${steps}, ${secondsPerStep.toFixed(2)} s a step`,
        step === steps,
      );
  }
}

/** Where a picture is written, and additional members of its JSON line. */
interface Writing extends Pick<PictureFile, "prompt" | "image" | "label"> {
  readonly flags: Pick<DrawingFlags, "out" | "count" | "force" | "json">;
  readonly told?: object;
}

/** Writes a picture, prints its path, and returns it. */
export async function writeReported(
  { png, record, seconds }: Drawn,
  { flags, told = {}, ...named }: Writing,
): Promise<string> {
  const { out, count, force = false, json } = flags;
  const { seed, width, height, device, precision } = record;
  const { model, scheduler, steps, guidanceScale } = record;
  const path = await writePicture(png, { ...named, out, seed, count, force });
  if (json === true) {
    printJson({
      type: "image",
      path,
      ...told,
      seed,
      width,
      height,
      device,
      precision,
      model,
      scheduler,
      steps,
      guidance: guidanceScale,
      seconds,
    });
  } else {
    process.stdout.write(`${path}\n`);
  }
  return path;
}

function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}
