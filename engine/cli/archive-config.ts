import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { Command } from "commander";
import { ConfigProperties, MAX_CONFIG_BYTES } from "../archive/config-properties.ts";
import {
  configOf,
  disagreements,
  NOTEBOOK_FORM,
  type ServingForm,
} from "../archive/serving-form.ts";
import { openArchive } from "../archive-files/archive.ts";
import { archiveNameSchema } from "../contract/archives.ts";
import { StudioError } from "../contract/errors.ts";
import { writeAtomically, writeNewFile } from "../files/atomic-file.ts";
import { isSystemError, systemCode } from "../files/system-error.ts";
import { printJson } from "./outcome.ts";

/** `archive config`: the config.properties beside an archive in a bucket. */
export function configCommand(): Command {
  const command = new Command("config").description(
    "config.properties of TorchServe, explained key by key, or made as in the notebook.",
  );
  for (const one of [show(), make()]) command.addCommand(one);
  return command;
}

interface ShowFlags {
  readonly archive?: string;
  readonly json?: boolean;
}

function show(): Command {
  return new Command("show")
    .description("Every key with its value and what it does.")
    .argument("<file>", "a config.properties")
    .option("--archive <file>", "the archive that it is for: name and version are compared")
    .option("--json", "one JSON object per line")
    .action(async (file: string, { archive, json = false }: ShowFlags) => {
      const config = ConfigProperties.parse(await readConfig(resolve(file)));
      const faults = [
        ...config.faults,
        ...(archive === undefined ? [] : await compared(config, archive)),
      ];
      for (const setting of config.settings) {
        if (json) printJson({ type: "setting", ...setting });
        else {
          const { key, value, meaning = "Not known to TorchServe 0.12; kept as it is" } = setting;
          process.stdout.write(`${key}=${value}\n    ${meaning}\n`);
        }
      }
      for (const fault of faults) {
        if (json) printJson({ type: "fault", message: fault });
        else process.stdout.write(`\nNote: ${fault}\n`);
      }
      if (json) printJson({ type: "done", isSound: faults.length === 0 });
    });
}

async function compared(config: ConfigProperties, archive: string): Promise<readonly string[]> {
  const { manifest, path } = await openArchive(resolve(archive));
  return disagreements(config, { marName: basename(path), model: manifest.model });
}

async function readConfig(path: string): Promise<Uint8Array> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw new StudioError("NOT_FOUND", { what: "file", id: path });
  if (found.size <= MAX_CONFIG_BYTES) return readFile(path);
  const reason = `it has ${found.size} bytes, more than ${MAX_CONFIG_BYTES}`;
  throw new StudioError("REQUEST_INVALID", { field: "The file", value: path, reason });
}

/** Numeric fields, each with a flag and its help. */
const NUMBERS = [
  ["minWorkers", "workers at the start"],
  ["maxWorkers", "most workers"],
  ["batchSize", "requests that a worker is given at once"],
  ["maxBatchDelay", "milliseconds to wait for a batch to fill"],
  ["responseTimeout", "seconds that a picture may take"],
  ["jobQueueSize", "requests that may wait"],
  ["maxResponseSize", "bytes of the largest answer"],
] as const;
type NumberName = (typeof NUMBERS)[number][0];

interface MakeFlags extends Partial<Pick<ServingForm, NumberName>> {
  readonly name?: string;
  readonly modelVersion?: string;
  readonly archive?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

function make(): Command {
  const command = new Command("make")
    .description("Writes the notebook's file, changed as the flags say.")
    .argument("<file>", "such as config.properties")
    .option("--archive <file>", "the archive that it is for: gives name, version and file name")
    .option("--name <name>", "the model's name in TorchServe")
    .option("--model-version <version>", "the model's version in TorchServe")
    .option("--force", "replace a file that exists")
    .option("--json", "one JSON object per line");
  for (const [key, meaning] of NUMBERS) {
    const flag = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    command.option(`--${flag} <n>`, meaning, numberOf(`--${flag}`));
  }
  return command.action(async (file: string, flags: MakeFlags) => {
    const form = await formOf(flags);
    const path = resolve(file);
    await write(path, configOf(form).bytes(), flags.force === true);
    if (flags.json === true) printJson({ type: "done", path, ...form });
    else process.stdout.write(`${path}\n`);
  });
}

async function formOf(flags: MakeFlags): Promise<ServingForm> {
  const { archive, name, modelVersion } = flags;
  const numbers: Partial<Record<NumberName, number>> = {};
  for (const [key] of NUMBERS) {
    const given = flags[key];
    if (given !== undefined) numbers[key] = given;
  }
  if (archive === undefined) {
    const own = sound("--name", name ?? NOTEBOOK_FORM.name);
    const version = sound("--model-version", modelVersion ?? NOTEBOOK_FORM.version);
    return { ...NOTEBOOK_FORM, ...numbers, name: own, version, marName: `${own}.mar` };
  }
  const { manifest, path } = await openArchive(resolve(archive));
  const said = { name: manifest.model.modelName, version: manifest.model.modelVersion ?? "1.0" };
  const pairs = [
    ["--name", name, said.name],
    ["--model-version", modelVersion, said.version],
  ] as const;
  for (const [field, asked, is] of pairs) {
    if (asked === undefined || asked === is) continue;
    const reason = `the archive's manifest says ${is ?? "nothing"}`;
    throw new StudioError("REQUEST_INVALID", { field, value: asked, reason });
  }
  const version = sound("The manifest's version", said.version);
  const modelName = sound("The manifest's name of the model", said.name ?? "");
  return { ...NOTEBOOK_FORM, ...numbers, name: modelName, version, marName: basename(path) };
}

function sound(field: string, value: string): string {
  if (archiveNameSchema.safeParse(value).success) return value;
  const reason = "it begins with a letter or digit and has letters, digits, dots, - and _";
  throw new StudioError("REQUEST_INVALID", { field, value, reason });
}

function numberOf(field: string): (text: string) => number {
  return (text) => {
    if (/^[1-9]\d{0,11}$/.test(text)) return Number(text);
    throw new StudioError("REQUEST_INVALID", {
      field,
      value: text,
      reason: "it needs a whole number",
    });
  };
}

async function write(path: string, bytes: Uint8Array, force: boolean): Promise<void> {
  try {
    await (force ? writeAtomically : writeNewFile)(path, (file) => file.writeFile(bytes));
  } catch (error) {
    if (isSystemError(error, "EEXIST")) throw new StudioError("OUTPUT_EXISTS", { path });
    const reason = systemCode(error);
    if (reason === undefined) throw error;
    throw new StudioError("ARCHIVE_UNWRITABLE", { path, reason });
  }
}
