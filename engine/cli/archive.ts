import { resolve } from "node:path";
import { Command } from "commander";
import { kindOf, type Member, type MemberKind } from "../archive/member.ts";
import {
  findModel,
  openArchive,
  type Archive,
  type ArchivedModel,
} from "../archive-files/archive.ts";
import { StudioError, toWire, type WireError } from "../contract/errors.ts";
import { modelIdSchema } from "../contract/models.ts";
import { formatBytes } from "../files/disk-full.ts";
import { followTransfer } from "./follow-transfer.ts";
import { printJson } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";
import { configCommand } from "./archive-config.ts";
import { packCommand } from "./pack-archive.ts";
import { verifyCommand } from "./verify-archive.ts";

/** `archive`: what can be done with a .mar file. */
export function archiveCommand(signal: AbortSignal): Command {
  const command = new Command("archive").description(
    "Model archives as torch-model-archiver makes them: .mar, .tar.gz or a folder.",
  );
  for (const one of [
    list(),
    verifyCommand(signal),
    importArchive(signal),
    packCommand(signal),
    configCommand(),
  ])
    command.addCommand(one);
  return command;
}

function list(): Command {
  return new Command("list")
    .description("What an archive holds, and which model would be imported. Nothing is unpacked.")
    .argument("<file>", "which")
    .option("--json", "one JSON object per line")
    .action(async (file: string, { json }: { json?: boolean }) => {
      const archive = await openArchive(resolve(file));
      const model = await findModel(archive).catch((error: unknown) => toWire(known(error)));
      if (json === true) tellAsJson(archive, model);
      else process.stdout.write(`${inWords(archive, model)}\n`);
    });
}

type ImportFlags = StudioFlags & { readonly name?: string };

function importArchive(signal: AbortSignal): Command {
  return studioCommand("import", "Unpacks an archive's model into the store.")
    .argument("<file>", "which")
    .option("--name <id>", "its id in the store; the manifest's name of the model by default")
    .action((file: string, { dataDir, json, name }: ImportFlags) =>
      withStudio(dataDir, async (studio) => {
        const id = name === undefined ? undefined : soundId(name);
        const { transferId } = await studio.client.models.import({ folder: resolve(file), id });
        await followTransfer(studio, { transferId, signal, isJson: json === true });
        if (json === true) printJson({ type: "done" });
      }),
    );
}

function soundId(name: string): string {
  const { data } = modelIdSchema.safeParse(name);
  if (data !== undefined) return data;
  const reason = "an id begins with a letter or digit and has letters, digits, dots, - and _";
  throw new StudioError("REQUEST_INVALID", { field: "--name", value: name, reason });
}

/** A refusal is told; a mistake of ours is not. */
function known(error: unknown): StudioError {
  if (error instanceof StudioError) return error;
  throw error;
}

function tellAsJson(archive: Archive, model: ArchivedModel | WireError): void {
  const { container, format, sizeBytes, manifest, absent } = archive;
  for (const member of container.members) printJson({ type: "member", ...described(member) });
  printJson({ type: "manifest", manifest, absent });
  if ("code" in model) printJson({ type: "problem", code: model.code, message: model.message });
  else {
    const { zip, files, pickles } = model;
    if (zip !== undefined) {
      for (const member of model.container.members) {
        printJson({ type: "member", inside: zip, ...described(member) });
      }
    }
    printJson({ type: "model", zip, sizeBytes: sizeOf(files), files, pickles });
  }
  printJson({ type: "done", format, sizeBytes });
}

function described(member: Member): object {
  const { path, sizeBytes, packedBytes } = member;
  const kind = kindOf(path);
  return { path, sizeBytes, packedBytes, kind, note: NOTES[kind] };
}

/** Beside a member's name, where a person should know more than its size. */
const NOTES: Partial<Record<MemberKind, string>> = {
  code: "contains code, never run here",
  pickle: "contains code, never run here",
};

function inWords(archive: Archive, model: ArchivedModel | WireError): string {
  const { container, format, sizeBytes, manifest, absent } = archive;
  const { modelName, modelVersion, handler } = manifest.model;
  const named = [
    modelName ?? "without a name",
    modelVersion === undefined ? [] : `version ${modelVersion}`,
  ];
  const lines = [
    `${container.name}: ${format}, ${formatBytes(sizeBytes)}`,
    `Model ${named.flat().join(", ")}${handler === undefined ? "" : `, handler ${handler}`}`,
    ...(absent.length === 0 ? [] : [`The manifest names what is not there: ${absent.join(", ")}`]),
    ...container.members.map((member) => memberInWords(member)),
  ];
  if ("code" in model)
    return [...lines, `Cannot be imported: ${model.message} (${model.code})`].join("\n");
  const { zip, files } = model;
  if (zip !== undefined) {
    lines.push(`In ${zip}:`, ...model.container.members.map((member) => memberInWords(member)));
  }
  const place = zip === undefined ? "" : ` of ${zip}`;
  lines.push(`Would be imported: ${files.length} files${place}, ${formatBytes(sizeOf(files))}`);
  return lines.join("\n");
}

function memberInWords({ path, sizeBytes }: Member): string {
  const note = NOTES[kindOf(path)];
  return `  ${formatBytes(sizeBytes).padStart(10)}  ${path}${note === undefined ? "" : `  (${note})`}`;
}

function sizeOf(files: readonly { readonly sizeBytes: number }[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
