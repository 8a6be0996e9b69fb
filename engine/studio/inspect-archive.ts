import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConfigProperties, MAX_CONFIG_BYTES } from "../archive/config-properties.ts";
import { deploymentChecks, type Deployment } from "../archive/deployable.ts";
import { kindOf, type Member, type MemberKind } from "../archive/member.ts";
import {
  findModel,
  openArchive,
  readSmallFile,
  type Archive,
  type ArchivedModel,
} from "../archive-files/archive.ts";
import { readArchivedModel, type ModelAtAGlance } from "../archive-files/archived-snapshot.ts";
import type { ArchiveDescription, ArchiveMember } from "../contract/archives.ts";
import { StudioError, toWire } from "../contract/errors.ts";
import { archivedId } from "./import-archive.ts";
import { os } from "./implementer.ts";
import { refuseRelative } from "./model-procedures.ts";

/** `archives.inspect`: an archive of this machine, looked at before it is imported or deployed. */
export const inspectArchive = os.archives.inspect.handler(async ({ input: { path } }) => {
  refuseRelative(path);
  return describeArchive(await openArchive(path));
});

/** Describes an opened archive by names, sizes and configs. What keeps its model from being imported is told. */
export async function describeArchive(archive: Archive): Promise<ArchiveDescription> {
  const { container, format, sizeBytes, manifest } = archive;
  const found = await lookAt(archive);
  const members = container.members.map((member) => described(member));
  if ("problem" in found) {
    const model = { problem: found.problem.message };
    const checks = [...deploymentChecks(await deploymentOf(archive, { model }))];
    const { name } = container;
    return { name, format, sizeBytes, manifest, members, problem: found.problem, checks };
  }
  const { model, glance } = found;
  const { zip, files, pickles } = model;
  const inside =
    zip === undefined ? [] : model.container.members.map((member) => described(member, zip));
  return {
    name: container.name,
    format,
    sizeBytes,
    manifest,
    members: [...members, ...inside],
    model: {
      id: archivedId(archive),
      ...(zip !== undefined && { zip }),
      files: files.map(({ path }) => path),
      sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
      description: glance.description,
      pickles: [...pickles],
    },
    checks: [...deploymentChecks(await deploymentOf(archive, { model, picture: glance.picture }))],
  };
}

type Found =
  | { readonly model: ArchivedModel; readonly glance: ModelAtAGlance }
  | { readonly problem: ReturnType<typeof toWire> };

async function lookAt(archive: Archive): Promise<Found> {
  try {
    const model = await findModel(archive);
    return { model, glance: await readArchivedModel(model) };
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return { problem: toWire(error) };
  }
}

async function deploymentOf(
  archive: Archive,
  found: Pick<Deployment, "model" | "picture">,
): Promise<Deployment> {
  const { container, manifest } = archive;
  const { requirementsFile } = manifest.model;
  return {
    fileName: container.name,
    manifest,
    members: container.members,
    requirements:
      requirementsFile === undefined ? undefined : await readSmallFile(container, requirementsFile),
    config: await configBeside(archive),
    ...found,
  };
}

/** The config.properties of the model store that an archive lies in, as in the customer's bucket, or beside it. */
async function configBeside({ path }: Archive): Promise<ConfigProperties | undefined> {
  const folder = dirname(path);
  const places = [join(dirname(folder), "config"), folder];
  for (const place of places) {
    const file = join(place, "config.properties");
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile() !== true || found.size > MAX_CONFIG_BYTES) continue;
    return ConfigProperties.parse(await readFile(file));
  }
  return undefined;
}

const SHOWN_AS: Readonly<Record<MemberKind, ArchiveMember["kind"]>> = {
  manifest: "config",
  text: "config",
  weights: "weights",
  archive: "archive",
  code: "code",
  pickle: "code",
  other: "other",
};

function described(member: Member, inside?: string): ArchiveMember {
  const { path, sizeBytes, packedBytes } = member;
  const kind = SHOWN_AS[kindOf(path)];
  return { path, ...(inside !== undefined && { inside }), sizeBytes, packedBytes, kind };
}
