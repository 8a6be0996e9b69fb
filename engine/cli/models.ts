import { Command } from "commander";
import { toWire } from "../contract/errors.ts";
import type { ModelSummary } from "../contract/models.ts";
import { readModel, STARTER } from "../drawing/read-model.ts";
import { listStore, storeCommands } from "./model-store.ts";
import { exitCodeOf, printJson } from "./outcome.ts";
import type { StudioFlags } from "./studio-command.ts";

/** `models`: the starter and any given folders; and operations on the store. */
export function modelsCommand(signal: AbortSignal): Command {
  const command = new Command("models")
    // A flag after a subcommand's name belongs to the subcommand.
    .enablePositionalOptions()
    .description("Lists the models in the store and in the given folders.")
    .argument("[folder...]", "folders that contain a diffusers snapshot")
    .option(
      "--data-dir <dir>",
      "lists the models in the store of this studio's folder, like `list`",
    )
    .option("--json", "one JSON object per line")
    // A flag before a subcommand's name belongs to the subcommand, too, unless it has its own.
    .hook("preSubcommand", (parent, one) => {
      for (const [name, value] of Object.entries(parent.opts())) one.setOptionValue(name, value);
    })
    .action(async (folders: string[], flags: StudioFlags) => {
      const { dataDir, json } = flags;
      if (dataDir !== undefined) await listStore(flags);
      // The starter is in the store already.
      for (const folder of dataDir === undefined ? [STARTER, ...folders] : folders) {
        await print(folder, json === true);
      }
    });
  for (const one of storeCommands(signal)) command.addCommand(one);
  return command;
}

/** A model that cannot be read does not hide the others, but sets the exit code. */
async function print(folder: string, asJson: boolean): Promise<void> {
  try {
    const { summary } = await readModel(folder, "float32");
    if (asJson) printJson({ type: "model", ...summary });
    else process.stdout.write(`${inWords(summary)}\n`);
  } catch (error) {
    const problem = toWire(error);
    if (asJson) printJson({ type: "model", folder, problem });
    else process.stdout.write(`${folder}\n  ${problem.message} (${problem.code})\n`);
    process.exitCode = exitCodeOf(error);
  }
}

function inWords(model: ModelSummary): string {
  const { name, description, predictionType, scheduler, width, height, steps, guidanceScale } =
    model;
  const size = `${(model.sizeBytes / 1e6).toFixed(1)} MB, ${(model.parameters / 1e6).toFixed(1)} M parameters`;
  const own = `${width}x${height}, ${steps} steps, guidance ${guidanceScale}, ${scheduler ?? "a scheduler of its own"}`;
  return `${name}\n  ${description}\n  ${own}, ${predictionType}\n  ${size}\n  ${model.folder}`;
}
