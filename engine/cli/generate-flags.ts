import { Command, Option } from "commander";
import { DEVICE_NAMES, type DeviceName } from "../contract/devices.ts";
import { withRequestFlags, type RequestFlags } from "./request-flags.ts";

/** The flags of `generate` as they were given. */
export interface GenerateFlags extends RequestFlags {
  readonly model?: string;
  readonly device: DeviceName;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `generate` with its flags, nothing to do yet. */
export function commandWithFlags(): Command {
  const command = new Command("generate")
    .description("Draws pictures of a prompt and writes them as PNG.")
    .argument("<prompt>", "what to draw");
  return withRequestFlags(command)
    .option("--model <folder>", "a diffusers snapshot; the starter (small drawings) by default")
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
