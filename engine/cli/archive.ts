import { resolve } from "node:path";
import { Command } from "commander";
import { absentFiles } from "../archive/manifest.ts";
import { openArchive } from "../archive-files/archive.ts";
import type { ArchiveDescription, ArchiveMember } from "../contract/archives.ts";
import { StudioError } from "../contract/errors.ts";
import { modelIdSchema } from "../contract/models.ts";
import { formatBytes } from "../files/disk-full.ts";
import { describe } from "./describe-archive.ts";
import { isFile, objectAt } from "./bucket-place.ts";
import { followTransfer, withTransfer } from "./follow-transfer.ts";
import { printJson } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";
import { configCommand } from "./archive-config.ts";
import { checkCommand } from "./check-deployment.ts";
import { packCommand } from "./pack-archive.ts";
import { verifyCommand } from "./verify-archive.ts";

/** How a place is written, for the help. */
const PLACE = "a file, or CONNECTION/KEY in a bucket";

/** `archive`: handles .mar files. */
export function archiveCommand(signal: AbortSignal): Command {
  const command = new Command("archive").description(
    "Model archives as torch-model-archiver makes them: .mar, .tar.gz or a folder.",
  );
  for (const one of [
    list(),
    verifyCommand(signal),
    checkCommand(),
    importArchive(signal),
    packCommand(signal),
    configCommand(),
  ])
    command.addCommand(one);
  return command;
}

function list(): Command {
  return studioCommand(
    "list",
    "Shows an archive's content and the model that would be imported. Nothing is unpacked.",
  )
    .argument("<place>", PLACE)
    .alias("inspect")
    .action(async (wanted: string, { dataDir, json }: StudioFlags) => {
      const described = await descriptionOf(wanted, dataDir);
      const ownMembers = described.members.filter(({ inside }) => inside === undefined);
      const absent = absentFiles(described.manifest, ownMembers);
      if (json === true) tellAsJson(described, absent);
      else process.stdout.write(`${inWords(described, absent)}\n`);
    });
}

/** No studio is opened for a file. */
async function descriptionOf(
  wanted: string,
  dataDir: string | undefined,
): Promise<ArchiveDescription> {
  if (await isFile(wanted)) return describe(await openArchive(resolve(wanted)));
  return withStudio(dataDir, async ({ client }) =>
    client.archives.inspect(await objectAt(client, wanted)),
  );
}

type ImportFlags = StudioFlags & { readonly name?: string };

function importArchive(signal: AbortSignal): Command {
  return studioCommand("import", "Unpacks an archive's model into the store.")
    .argument("<place>", `${PLACE}; a folder in a bucket ends with a slash`)
    .option("--name <id>", "its id in the store; the manifest's name of the model by default")
    .action((wanted: string, { dataDir, json, name }: ImportFlags) =>
      withTransfer(dataDir, signal, async (studio, begun) => {
        const id = name === undefined ? undefined : soundId(name);
        const { client } = studio;
        const { transferId } = (await isFile(wanted))
          ? await client.models.import({ folder: resolve(wanted), id })
          : await client.buckets.importModel({ ...(await objectAt(client, wanted)), id });
        begun(transferId);
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

function tellAsJson(described: ArchiveDescription, absent: readonly string[]): void {
  const { members, manifest, model, problem, checks, format, sizeBytes } = described;
  for (const member of members) printJson({ type: "member", ...member, note: NOTES[member.kind] });
  printJson({ type: "manifest", manifest, absent });
  if (model !== undefined) printJson({ type: "model", ...model });
  else printJson({ type: "problem", code: problem?.code, message: problem?.message });
  for (const check of checks) printJson({ type: "check", ...check });
  printJson({ type: "done", format, sizeBytes });
}

/** A note shown beside a member's name. */
const NOTES: Partial<Record<ArchiveMember["kind"], string>> = {
  code: "contains code, never run here",
};

function inWords(described: ArchiveDescription, absent: readonly string[]): string {
  const { name, format, sizeBytes, manifest, members, model, problem } = described;
  const { modelName, modelVersion, handler } = manifest.model;
  const named = [
    modelName ?? "without a name",
    modelVersion === undefined ? [] : `version ${modelVersion}`,
  ];
  const lines = [
    `${name}: ${format}, ${formatBytes(sizeBytes)}`,
    `Model ${named.flat().join(", ")}${handler === undefined ? "" : `, handler ${handler}`}`,
    ...(absent.length === 0 ? [] : [`The manifest names what is not there: ${absent.join(", ")}`]),
    ...members.filter(({ inside }) => inside === undefined).map(memberInWords),
  ];
  if (model === undefined) {
    const why = problem === undefined ? "" : `${problem.message} (${problem.code})`;
    return [...lines, `Cannot be imported: ${why}`].join("\n");
  }
  const { zip, files } = model;
  if (zip !== undefined) {
    const inside = members.filter((member) => member.inside === zip);
    lines.push(`In ${zip}:`, ...inside.map(memberInWords));
  }
  const place = zip === undefined ? "" : ` of ${zip}`;
  lines.push(`Would be imported: ${files.length} files${place}, ${formatBytes(model.sizeBytes)}`);
  return lines.join("\n");
}

function memberInWords({ path, sizeBytes, kind }: ArchiveMember): string {
  const note = NOTES[kind];
  return `  ${formatBytes(sizeBytes).padStart(10)}  ${path}${note === undefined ? "" : `  (${note})`}`;
}
