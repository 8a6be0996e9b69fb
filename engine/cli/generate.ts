import { resolve } from "node:path";
import { Command, Option } from "commander";
import type { Preparation } from "../drawing/load-model.ts";
import { DEVICE_NAMES, type DeviceName } from "../contract/devices.ts";
import type { GenerationRequest } from "../contract/request.ts";
import type { TypedPrompts } from "../contract/styles.ts";
import { Drawing, type RequestEvent } from "../drawing/drawing.ts";
import { drawableFolder, type WorkProgress } from "../drawing/unpacked-archive.ts";
import { checkFree, writePicture } from "./picture-file.ts";
import { fasterWays, presetSecondsAt } from "./faster-ways.ts";
import { note, printJson, progressLine } from "./outcome.ts";
import { styled } from "./styles.ts";
import { readPicture, requestOf, withRequestFlags, type RequestFlags } from "./request-flags.ts";

/** `generate`: draws, shows progress, writes PNG files and prints their paths. */
export function generateCommand(signal: AbortSignal): Command {
  return commandWithFlags().action(async (prompt: string, flags: GenerateFlags) => {
    await checkFree({ out: flags.out, force: flags.force ?? false, count: flags.count });
    const initImage =
      flags.initImage === undefined ? undefined : await readPicture(flags.initImage);
    const { request, typed } = await styled(requestOf(prompt, withDecoder(flags)), flags.style);
    await drawHere(request, flags, { signal, initImage, typed });
  });
}

/** How to draw on this device, and where to write. */
export type DrawingFlags = Pick<
  GenerateFlags,
  "model" | "device" | "out" | "force" | "json" | "count" | "tinyDecoder"
>;

type Asked = { readonly [K in keyof GenerationRequest]?: GenerationRequest[K] | undefined } & {
  readonly prompt: string;
};

interface DrawingHere {
  readonly signal: AbortSignal;
  readonly initImage?: Awaited<ReturnType<typeof readPicture>> | undefined;
  readonly typed?: TypedPrompts | undefined;
}

/** Draws on this device without a studio, and writes the pictures. */
export async function drawHere(
  request: Asked,
  flags: DrawingFlags,
  { signal, initImage, typed }: DrawingHere,
): Promise<void> {
  const drawing = new Drawing({ device: flags.device });
  try {
    drawing.start();
    const model =
      flags.model && (await drawableFolder(flags.model, { signal, onProgress: reportUnpacking }));
    const tiny = { folder: flags.tinyDecoder && resolve(flags.tinyDecoder) };
    const inputs = {
      model,
      startImage: initImage,
      tiny,
      typed,
      onPreparing: reportPreparing,
      signal,
    };
    let started: Started | undefined;
    for await (const event of drawing.generate(request, inputs)) {
      await report(event, request.prompt, flags);
      if (event.kind === "started") started ??= event;
      if (started && isExact(request)) tellFasterWays(started, event);
    }
  } finally {
    drawing.close();
  }
}

function reportUnpacking({ doneBytes, totalBytes }: WorkProgress): void {
  progressLine(`Unpacking the archive, once: ${percent(doneBytes / totalBytes)}`);
}

function reportPreparing({ network, doneBytes, totalBytes }: Preparation): void {
  progressLine(`Preparing the ${network} for the CPU, once: ${percent(doneBytes / totalBytes)}`);
}

type Started = Extract<RequestEvent, { kind: "started" }>;

/** Naming the folder of a tiny decoder implies decoding with it. */
function withDecoder(flags: GenerateFlags): GenerateFlags {
  const { decoder = flags.tinyDecoder === undefined ? undefined : "tiny" } = flags;
  return { ...flags, ...(decoder !== undefined && { decoder }) };
}

/** Whether no setting makes the picture faster than Exact. */
function isExact({ preset = "exact", precision = "auto", steps }: Asked): boolean {
  return preset === "exact" && precision === "auto" && steps === undefined;
}

/** Judged by the time of the first step. */
function tellFasterWays({ model, device }: Started, event: RequestEvent): void {
  if (event.kind !== "progress" || event.image > 0 || event.step > 1) return;
  const { secondsPerStep } = event;
  const ways = fasterWays(presetSecondsAt({ model, device, secondsPerStep }));
  if (ways !== undefined) note(ways);
}

async function report(event: RequestEvent, prompt: string, flags: DrawingFlags): Promise<void> {
  const isJson = flags.json === true;
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
        `Picture ${image + 1} of ${flags.count}, step ${step} of ${steps}, ${secondsPerStep.toFixed(2)} s a step`,
        step === steps,
      );
  } else if (event.kind === "image") {
    await reportPicture(event, prompt, flags);
  }
}

async function reportPicture(
  { png, record, seconds, image }: Extract<RequestEvent, { kind: "image" }>,
  prompt: string,
  { out, count, force = false, json }: DrawingFlags,
): Promise<void> {
  const { seed, width, height, device, precision } = record;
  const { model, scheduler, steps, guidanceScale } = record;
  const path = await writePicture(png, { out, prompt, seed, image, count, force });
  if (json === true) {
    printJson({
      type: "image",
      path,
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
}

function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}

/** The flags of `generate` as given. */
interface GenerateFlags extends RequestFlags {
  readonly model?: string;
  readonly tinyDecoder?: string;
  readonly device: DeviceName;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `generate` with its flags, without an action. */
function commandWithFlags(): Command {
  const command = new Command("generate")
    .description("Draws pictures of a prompt and writes them as PNG.")
    .argument("<prompt>", "what to draw");
  return withRequestFlags(command)
    .option(
      "--model <folder|file.mar>",
      "a diffusers snapshot or an archive of one; the starter (small drawings) by default",
    )
    .option(
      "--tiny-decoder <folder>",
      "an AutoencoderTiny to decode by, for Stable Diffusion 1 and 2 (taesd); one in the model's folder tiny_vae needs none",
    )
    .addOption(
      new Option("--device <name>", "where to compute")
        .choices(DEVICE_NAMES)
        .default("auto")
        .env("DARKROOM_DEVICE"),
    )
    .option("--out <file.png|folder>", "where to write; a name made of prompt and seed by default")
    .option("--force", "overwrite a file that exists")
    .option("--json", "progress and results as one JSON object per line");
}
