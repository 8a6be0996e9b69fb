import { Command } from "commander";
import type { ModelSummary } from "../contract/models.ts";
import { Drawing } from "../drawing/drawing.ts";
import { listStore, storeCommands } from "./model-store.ts";
import { printJson } from "./outcome.ts";
import type { StudioFlags } from "./studio-command.ts";

/** `models`: the starter, and any folders named; and what can be done with the store. */
export function modelsCommand(signal: AbortSignal): Command {
  const command = new Command("models")
    // A flag after a subcommand's name is that command's.
    .enablePositionalOptions()
    .description("The model that ships with Darkroom, and what lies in the folders named.")
    .argument("[folder...]", "folders that hold a diffusers snapshot")
    .option("--data-dir <dir>", "lists the store of this studio's folder, as `list` does")
    .option("--json", "one JSON object per line")
    // A flag before a subcommand's name is that command's, too, unless it has its own.
    .hook("preSubcommand", (parent, one) => {
      for (const [name, value] of Object.entries(parent.opts())) one.setOptionValue(name, value);
    })
    .action(async (folders: string[], flags: StudioFlags) => {
      const { dataDir, json } = flags;
      if (dataDir !== undefined) await listStore(flags);
      const models = await new Drawing().listModels(folders);
      // The starter is in the store already.
      for (const model of models.filter(({ isStarter }) => !isStarter || dataDir === undefined)) {
        if (json === true) printJson({ type: "model", ...model });
        else process.stdout.write(`${inWords(model)}\n`);
      }
    });
  for (const one of storeCommands(signal)) command.addCommand(one);
  return command;
}

function inWords(model: ModelSummary): string {
  const { name, description, predictionType, scheduler, width, height, steps, guidanceScale } =
    model;
  const size = `${(model.sizeBytes / 1e6).toFixed(1)} MB, ${(model.parameters / 1e6).toFixed(1)} M parameters`;
  const own = `${width}x${height}, ${steps} steps, guidance ${guidanceScale}, ${scheduler ?? "a scheduler of its own"}`;
  return `${name}\n  ${description}\n  ${own}, ${predictionType}\n  ${size}\n  ${model.folder}`;
}
