import { Command, Option } from "commander";
import { DEVICE_NAMES } from "../contract/devices.ts";
import { drawHere, type DrawingFlags } from "./draw-here.ts";
import { generateGrid } from "./generate-grid.ts";
import { gridOf, type GridFlags, withGridFlags } from "./grid-flags.ts";
import { checkFree } from "./picture-file.ts";
import { styledAll } from "./styles.ts";
import { readPicture, requestOf, withRequestFlags, type RequestFlags } from "./request-flags.ts";

/** `generate`: draws, shows progress, writes PNG files and prints their paths. */
export function generateCommand(signal: AbortSignal): Command {
  return commandWithFlags().action(async (prompt: string, flags: GenerateFlags) => {
    const grid = gridOf(flags);
    const { out, force = false, count, style = [] } = flags;
    if (grid === undefined) await checkFree({ out, force, count });
    const initImage =
      flags.initImage === undefined ? undefined : await readPicture(flags.initImage);
    const here = { signal, initImage };
    const asked = { ...requestOf(prompt, withDecoder(flags)), styles: [...style] };
    if (grid !== undefined) return generateGrid({ request: asked, grid, flags, here });
    for (const { request, typed } of await styledAll([asked])) {
      await drawHere(request, flags, { ...here, typed });
    }
  });
}

/** Naming the folder of a tiny decoder implies decoding with it. */
function withDecoder(flags: GenerateFlags): GenerateFlags {
  const { decoder = flags.tinyDecoder === undefined ? undefined : "tiny" } = flags;
  return { ...flags, ...(decoder !== undefined && { decoder }) };
}

/** The flags of `generate` as given. */
interface GenerateFlags extends RequestFlags, GridFlags, DrawingFlags {}

/** `generate` with its flags, without an action. */
function commandWithFlags(): Command {
  const command = new Command("generate")
    .description("Draws pictures of a prompt and writes them as PNG.")
    .argument("<prompt>", "what to draw");
  return withGridFlags(withRequestFlags(command))
    .option(
      "--model <folder|file.mar>",
      "a diffusers snapshot or an archive of one; the starter (small drawings) by default",
    )
    .option(
      "--tiny-decoder <folder>",
      "an AutoencoderTiny that decodes, for Stable Diffusion 1 and 2 (taesd); not needed if the model has a folder tiny_vae",
    )
    .addOption(
      new Option("--device <name>", "where to compute")
        .choices(DEVICE_NAMES)
        .default("auto")
        .env("DARKROOM_DEVICE"),
    )
    .option(
      "--out <file.png|folder>",
      "where to write; by default a name made from prompt and seed",
    )
    .option("--force", "overwrite a file that exists")
    .option("--json", "progress and results as one JSON object per line");
}
