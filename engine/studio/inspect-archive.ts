import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConfigProperties, MAX_CONFIG_BYTES } from "../archive/config-properties.ts";
import { deploymentChecks } from "../archive/deployable.ts";
import { type Deployment, USUAL_PICTURE } from "../archive/deployment.ts";
import { kindOf, type Member, type MemberKind } from "../archive/member.ts";
import {
  findModel,
  openArchive,
  readSmallFile,
  type Archive,
  type ArchivedModel,
  type LocalArchive,
} from "../archive-files/archive.ts";
import { readArchivedModel, type ModelAtAGlance } from "../archive-files/archived-snapshot.ts";
import { configKeysFor } from "../archive/bucket-layout.ts";
import type { Bucket } from "../buckets/bucket-client.ts";
import type { Connections } from "../buckets/connections.ts";
import { openObject, readObject } from "../buckets/object-source.ts";
import type { ArchiveDescription, ArchiveMember } from "../contract/archives.ts";
import { StudioError, toWire } from "../contract/errors.ts";
import { podMemory } from "../store/fit.ts";
import { archivedId } from "./import-archive.ts";
import { openBucketArchive, packedZip } from "./bucket-archive.ts";
import { os } from "./implementer.ts";
import { refuseRelative } from "./model-procedures.ts";

/** `archives.inspect`: examines an archive before it is imported or deployed. */
export function inspectProcedure({ connections }: { readonly connections: Connections }) {
  return os.archives.inspect.handler(async ({ input, signal = new AbortController().signal }) => {
    if ("key" in input) return describeObject(await connections.bucket(input), input.key, signal);
    refuseRelative(input.path);
    return describeArchive(await openArchive(input.path));
  });
}

/**
 * Describes a local archive by its names, sizes and configs. Says what prevents its model from being imported, if
 * anything.
 */
export async function describeArchive(archive: LocalArchive): Promise<ArchiveDescription> {
  return describe(archive, await configBeside(archive), await lookAt(archive));
}

/** Describes an archive in a bucket by reading parts of it. */
export async function describeObject(
  bucket: Bucket,
  key: string,
  signal: AbortSignal,
): Promise<ArchiveDescription> {
  const archive = await openBucketArchive(await openObject(bucket, { key }, signal), key);
  if (archive === undefined) {
    const reason = "it is compressed as a whole, so it can only be looked at after an import";
    throw new StudioError("REQUEST_INVALID", { field: "The archive", value: key, reason });
  }
  return describe(archive, await configOfObject(bucket, key, signal), await lookFromAfar(archive));
}

async function describe(
  archive: Archive,
  config: ConfigProperties | undefined,
  found: Found,
): Promise<ArchiveDescription> {
  const { container, format, sizeBytes, manifest } = archive;
  const members = container.members.map((member) => described(member));
  const checksOf = async (about: Pick<Deployment, "model" | "picture" | "memory">) => [
    ...deploymentChecks({ ...(await deploymentOf(archive)), config, ...about }),
  ];
  const told = { name: container.name, format, sizeBytes, manifest };
  if ("problem" in found) {
    const checks = await checksOf({ model: { problem: found.problem.message } });
    return { ...told, members, problem: found.problem, checks };
  }
  if ("packed" in found) {
    const { path: zip, sizeBytes: bytes } = found.packed;
    const description = "is compressed; it is read when it is imported";
    const model = { id: archivedId(archive), zip, files: [], sizeBytes: bytes, pickles: [] };
    return {
      ...told,
      members,
      model: { ...model, description },
      checks: await checksOf({ model }),
    };
  }
  const { model, glance } = found;
  const { zip, files, pickles } = model;
  const inside =
    zip === undefined ? [] : model.container.members.map((member) => described(member, zip));
  return {
    ...told,
    members: [...members, ...inside],
    model: {
      id: archivedId(archive),
      ...(zip !== undefined && { zip }),
      files: files.map(({ path }) => path),
      sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
      description: glance.description,
      pickles: [...pickles],
    },
    checks: await checksOf({ model, picture: glance.picture, memory: memoryOf(glance) }),
  };
}

function memoryOf({ picture = USUAL_PICTURE, sizes }: ModelAtAGlance): Deployment["memory"] {
  return sizes && podMemory(sizes, picture);
}

type Found =
  | { readonly model: ArchivedModel; readonly glance: ModelAtAGlance }
  /** A zip inside that would have to be unpacked in order to be examined. */
  | { readonly packed: Member }
  | { readonly problem: ReturnType<typeof toWire> };

function lookAt(archive: Archive): Promise<Found> {
  return orProblem(async () => {
    const model = await findModel(archive);
    return { model, glance: await readArchivedModel(model) };
  });
}

/** Looks at the model, if that needs only parts of the archive. */
function lookFromAfar(archive: Archive): Promise<Found> {
  return orProblem(async () => {
    const packed = packedZip(archive);
    return packed === undefined ? lookAt(archive) : { packed };
  });
}

/** Problems of the archive become part of the result; failures to read it are thrown. */
async function orProblem(look: () => Promise<Found>): Promise<Found> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof StudioError) || /^(BUCKET|OBJECT|DOWNLOAD)_/.test(error.code)) {
      throw error;
    }
    return { problem: toWire(error) };
  }
}

async function deploymentOf({
  container,
  manifest,
}: Archive): Promise<Omit<Deployment, "model" | "picture" | "memory" | "config">> {
  const { requirementsFile } = manifest.model;
  return {
    fileName: container.name,
    manifest,
    members: container.members,
    requirements:
      requirementsFile === undefined ? undefined : await readSmallFile(container, requirementsFile),
  };
}

/** The config.properties of an archive: in the model store around it, as in the KServe example, or beside it. */
async function configBeside({ path }: LocalArchive): Promise<ConfigProperties | undefined> {
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

/** The same for an archive in a bucket. Keys without permission to list get 403 for what does not exist. */
async function configOfObject(
  bucket: Bucket,
  key: string,
  signal: AbortSignal,
): Promise<ConfigProperties | undefined> {
  for (const place of configKeysFor(key)) {
    const bytes = await readObject(bucket, { key: place, maxBytes: MAX_CONFIG_BYTES }, signal);
    if (bytes !== undefined) return ConfigProperties.parse(bytes);
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
