import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { type Command, Option } from "commander";
import { StudioError } from "../contract/errors.ts";
import type { GenerationRequest } from "../contract/request.ts";
import { type Style, type StyledRequest, withStyles } from "../contract/styles.ts";
import { systemCode } from "../files/system-error.ts";
import { listingGroup } from "./listing-group.ts";
import { note, printResult } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

/** `styles`: named prompt parts and settings. */
export function stylesCommand(): Command {
  return listingGroup("styles", list())
    .description("Saved styles: named prompt parts and settings.")
    .addCommand(save())
    .addCommand(rename())
    .addCommand(importing())
    .addCommand(exporting())
    .addCommand(remove());
}

function list(): Command {
  return studioCommand("list", "Lists all styles by name.").action(
    ({ dataDir, json }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        for (const style of await client.styles.list()) {
          const { name, prompt, negativePrompt } = style;
          const words = [name, prompt, negativePrompt]
            .map((text) => JSON.stringify(text))
            .join("  ");
          printResult(json, { type: "style", ...style }, words);
        }
      }),
  );
}

type SaveFlags = StudioFlags & {
  readonly prompt: string;
  readonly negative: string;
  readonly force?: boolean;
};

function save(): Command {
  return studioCommand("save", "Saves a style: words to put around prompts.")
    .argument("<name>", "what to call it")
    .option(
      "--prompt <text>",
      "{prompt} stands for the typed prompt; without it, these words follow the prompt",
      "",
    )
    .option("--negative <text>", "the same for the negative prompt", "")
    .option("--force", "replace the words of a style that exists; its settings stay")
    .action((name: string, { dataDir, prompt, negative, force = false }: SaveFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const before = (await client.styles.list()).find((style) => style.name === name.trim());
        if (before !== undefined && !force) throw taken(name, "add --force to replace its words");
        const { settings } = before ?? { settings: {} };
        await client.styles.save({
          styles: [{ name, prompt, negativePrompt: negative, settings }],
        });
      }),
    );
}

function rename(): Command {
  return studioCommand("rename", "Gives a style another name.")
    .argument("<name>", "the style's name")
    .argument("<new-name>", "what to call it")
    .action((name: string, newName: string, { dataDir }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const all = await client.styles.list();
        const style = named(all, name);
        if (newName.trim() !== name && all.some((one) => one.name === newName.trim())) {
          throw taken(newName, "choose another name");
        }
        await client.styles.save({ styles: [{ ...style, name: newName }], replaces: name });
      }),
    );
}

function taken(name: string, advice: string): StudioError {
  const reason = `there is a style of this name, so ${advice}`;
  return new StudioError("REQUEST_INVALID", { field: "The name", value: name, reason });
}

function importing(): Command {
  return studioCommand("import", "Imports styles from a file; existing styles are not changed.")
    .argument("<file>", "AUTOMATIC1111's styles.csv, or a file that `styles export` wrote")
    .action((path: string, { dataDir, json }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const file = new File([await read(path)], basename(path));
        const outcome = await client.styles.import({ file });
        const { added, known, renamed, skipped } = outcome;
        printResult(
          json,
          { type: "imported", ...outcome, added: added.length },
          `${added.length} added, ${known} known already, ${renamed} renamed, ${skipped} skipped`,
        );
      }),
    );
}

function exporting(): Command {
  return studioCommand("export", "Writes all styles to a file, or prints them.")
    .argument("[file]", "where to write; it must not exist")
    .addOption(
      new Option(
        "--format <name>",
        "json keeps everything; csv is AUTOMATIC1111's, without settings",
      )
        .choices(["json", "csv"])
        .default("json"),
    )
    .action((path: string | undefined, flags: StudioFlags & { format: "json" | "csv" }) =>
      withStudio(flags.dataDir, async ({ client }) => {
        const { text } = await client.styles.export({ format: flags.format });
        if (path === undefined) return void process.stdout.write(text);
        await write(path, text);
        note(`Written to ${path}.`);
      }),
    );
}

function remove(): Command {
  return studioCommand("remove", "Deletes styles.")
    .argument("<name...>", "names of styles")
    .action((names: string[], { dataDir }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const all = await client.styles.list();
        for (const name of names) named(all, name);
        await client.styles.remove({ names });
      }),
    );
}

async function read(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readFile(path);
  } catch (error) {
    const reason = systemCode(error) ?? "unreadable";
    throw new StudioError("STYLES_UNREADABLE", { file: path, reason }, { cause: error });
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    if (systemCode(error) === "EEXIST") throw new StudioError("OUTPUT_EXISTS", { path });
    const reason = systemCode(error) ?? "unknown";
    throw new StudioError("OUTPUT_UNWRITABLE", { path, reason }, { cause: error });
  }
}

/** Applies the saved styles that requests name. If there are none, no studio is opened. */
export async function styledAll(
  requests: readonly GenerationRequest[],
  dataDir?: string,
): Promise<readonly StyledRequest[]> {
  const isNeeded = requests.some(({ styles = [] }) => styles.length > 0);
  const all = isNeeded ? await withStudio(dataDir, ({ client }) => client.styles.list()) : [];
  return requests.map((request) => {
    const chosen = (request.styles ?? []).map((name) => named(all, name));
    return withStyles(request, chosen);
  });
}

function named(all: readonly Style[], name: string): Style {
  const style = all.find((one) => one.name === name);
  if (style === undefined) throw new StudioError("NOT_FOUND", { what: "style", id: name });
  return style;
}
