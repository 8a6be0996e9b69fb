import { Command, InvalidArgumentError, Option } from "commander";
import { DEVICE_NAMES, type DeviceName } from "../contract/devices.ts";
import { SCHEDULER_NAMES, type SchedulerName } from "../contract/schedulers.ts";

/** The flags of `generate` as they were given. */
export interface GenerateFlags {
  readonly negative: string;
  readonly steps?: number;
  readonly guidance?: number;
  readonly size?: { readonly width: number; readonly height: number };
  readonly seed?: string;
  readonly count: number;
  readonly scheduler?: SchedulerName;
  readonly initImage?: string;
  readonly strength?: number;
  readonly model?: string;
  readonly device: DeviceName;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `generate` with its flags, nothing to do yet. */
export function commandWithFlags(): Command {
  return new Command("generate")
    .description("Draws pictures of a prompt and writes them as PNG.")
    .argument("<prompt>", "what to draw")
    .option("--negative <text>", "what not to draw", "")
    .option("--steps <n>", "denoising steps; the model's own number by default", number)
    .option(
      "--guidance <x>",
      "how closely to follow the prompt; the model's own by default",
      number,
    )
    .option("--size <WIDTHxHEIGHT>", "in pixels, multiples of 8; the model's own by default", size)
    .option("--seed <n>", "of the first picture; picture i uses seed + i; by chance by default")
    .option("--count <n>", "number of pictures", number, 1)
    .addOption(
      new Option("--scheduler <name>", "the model's own by default").choices(SCHEDULER_NAMES),
    )
    .option("--init-image <file>", "picture to start from: PNG, JPEG or WebP")
    .option("--strength <x>", "how far to go from that picture, up to 1", number)
    .option("--model <folder>", "a diffusers snapshot; the starter (small drawings) by default")
    .addOption(
      new Option("--device <name>", "where to compute").choices(DEVICE_NAMES).default("auto"),
    )
    .option("--out <file.png|folder>", "where to write; a name made of prompt and seed by default")
    .option("--force", "overwrite a file that exists")
    .option("--json", "progress and results as one JSON object per line");
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value))
    throw new InvalidArgumentError("It is not a number.");
  return value;
}

function size(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(text) ?? [];
  if (width === undefined || height === undefined)
    throw new InvalidArgumentError("It is not like 768x512.");
  return { width: Number(width), height: Number(height) };
}
