import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { StudioError } from "../contract/errors.ts";
import { PRECISIONS } from "../contract/precision.ts";
import {
  DECODERS,
  PRESETS,
  type Decoder,
  type GuidanceInterval,
  type Preset,
} from "../contract/presets.ts";
import type { GenerationRequest } from "../contract/request.ts";
import { RESIZE_MODES, type ResizeMode } from "../contract/resize-mode.ts";
import { SCHEDULER_NAMES, type SchedulerName } from "../contract/schedulers.ts";
import { systemCode } from "../files/system-error.ts";

/** The flags of a request. */
export interface RequestFlags {
  readonly negative: string;
  readonly steps?: number;
  readonly guidance?: number;
  readonly size?: { readonly width: number; readonly height: number };
  readonly seed?: string;
  readonly count: number;
  readonly scheduler?: SchedulerName;
  readonly precision?: GenerationRequest["precision"];
  readonly preset?: Preset;
  readonly guidanceInterval?: GuidanceInterval;
  readonly cacheInterval?: number;
  readonly decoder?: Decoder;
  readonly style?: readonly string[];
  readonly initImage?: string;
  readonly strength?: number;
  readonly resizeMode?: ResizeMode;
}

/** Adds the flags of a request. */
export function withRequestFlags(command: Command): Command {
  return withPictureFlags(command)
    .option(
      "--style <name>",
      "a saved style to put around the prompt; several in their order",
      (name: string, before?: readonly string[]) => [...(before ?? []), name],
    )
    .option("--init-image <file>", "picture to start from: PNG, JPEG or WebP")
    .option("--strength <x>", "how much the picture may change, up to 1", number)
    .addOption(
      new Option(
        "--resize-mode <name>",
        "how that picture is fitted to the size: stretched (default), its centre cropped (crop), or uncropped with its edges extended (fill)",
      ).choices(RESIZE_MODES),
    );
}

/** Adds the flags that need no start image. */
export function withPictureFlags(command: Command): Command {
  return command
    .option("--negative <text>", "what not to draw", "")
    .option("--steps <n>", "denoising steps (default: the model's)", number)
    .option("--guidance <x>", "how closely to follow the prompt (default: the model's)", number)
    .option(
      "--guidance-interval <from to>",
      "shares of the run between which guidance is applied, such as 0.0 0.8; the other steps are faster",
      interval,
    )
    .option(
      "--cache-interval <n>",
      "every nth step runs the whole UNet, those between reuse most of it; 1: all; faster",
      number,
    )
    .option("--size <WIDTHxHEIGHT>", "in pixels, multiples of 8 (default: the model's)", size)
    .option(
      "--seed <n>",
      "seed of the first picture; each further picture adds 1 (default: random)",
    )
    .option("--count <n>", "number of pictures", number, 1)
    .addOption(
      new Option("--scheduler <name>", "the sampler (default: the model's)").choices(
        SCHEDULER_NAMES,
      ),
    )
    .addOption(
      new Option(
        "--precision <name>",
        "precision of the UNet on a CPU: int8 is 1.5 to 2 times as fast and slightly different",
      ).choices(["auto", ...PRECISIONS]),
    )
    .addOption(
      new Option(
        "--preset <name>",
        "balanced and fast take int8 and fewer steps; other flags take precedence",
      ).choices(PRESETS),
    )
    .addOption(
      new Option(
        "--decoder <name>",
        "tiny: a tiny autoencoder, which is faster and slightly soft; own: the model's VAE",
      ).choices(DECODERS),
    );
}

/** The request in the flags; values are validated later, except that there must be a prompt. */
export function requestOf(prompt: string, flags: RequestFlags) {
  if (prompt.trim() === "") {
    const reason = "write a prompt first";
    throw new StudioError("REQUEST_INVALID", { field: "The prompt", value: "empty", reason });
  }
  return {
    prompt,
    negativePrompt: flags.negative,
    steps: flags.steps,
    guidanceScale: flags.guidance,
    ...flags.size,
    seed: flags.seed,
    count: flags.count,
    scheduler: flags.scheduler,
    precision: flags.precision,
    preset: flags.preset,
    guidanceInterval: flags.guidanceInterval,
    cacheInterval: flags.cacheInterval,
    decoder: flags.decoder,
    strength: flags.strength,
    resizeMode: flags.resizeMode,
  };
}

/** Reads a start image. Refuses as IMAGE_UNREADABLE. */
export async function readPicture(
  path: string,
): Promise<{ readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }> {
  try {
    return { name: basename(path), bytes: await readFile(path) };
  } catch (error) {
    const reason = systemCode(error) ?? "unreadable";
    throw new StudioError("IMAGE_UNREADABLE", { file: path, reason }, { cause: error });
  }
}

/** A number of a flag. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value))
    throw new InvalidArgumentError("It is not a number.");
  return value;
}

/** Two shares of a run, such as "0.0 0.8". */
function interval(text: string): GuidanceInterval {
  const [from, to, ...rest] = text.trim().split(/[\s,]+/);
  if (to === undefined || rest.length > 0)
    throw new InvalidArgumentError("It is not like 0.0 0.8.");
  return [number(from ?? ""), number(to)];
}

const INTERVAL = "--guidance-interval";

/** Joins both shares of an interval into one argument: commander supports one value or any number. */
export function withJoinedShares(args: readonly string[]): readonly string[] {
  const at = args.indexOf(INTERVAL);
  const [from, to] = [args[at + 1], args[at + 2]];
  if (at < 0 || !isShare(from) || !isShare(to)) return args;
  return [...args.slice(0, at + 1), `${from} ${to}`, ...args.slice(at + 3)];
}

function isShare(text: string | undefined): boolean {
  return text !== undefined && /^\d*\.?\d+$/.test(text);
}

/** A size in pixels, such as 768x512. */
export function size(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(text) ?? [];
  if (width === undefined || height === undefined)
    throw new InvalidArgumentError("It is not like 768x512.");
  return { width: Number(width), height: Number(height) };
}

/** What other programs call the options of this one. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  "--sampler": "--scheduler",
  "--width": "--size",
  "--height": "--size",
  "--cfg": "--guidance",
  "--cfg-scale": "--guidance",
  "--guidance-scale": "--guidance",
  "--negative-prompt": "--negative",
  "--num-inference-steps": "--steps",
  "--batch-size": "--count",
  "--number": "--count",
  "--image": "--init-image",
  "--denoising-strength": "--strength",
  "--output": "--out",
};

/** The message of an unknown option with the command's own name for it, if it has one. */
export function withOwnName(message: string, command: Command): string {
  const option = /unknown option '(?<option>--[\w-]+)/.exec(message)?.groups?.["option"] ?? "";
  const own = OTHER_NAMES[option];
  const isKnown = command.options.some(({ long }) => long === own);
  if (own === undefined || !isKnown) return message;
  const [sentence = ""] = message.split("\n");
  return `${sentence}\n(Did you mean ${own}?)${message.endsWith("\n") ? "\n" : ""}`;
}
