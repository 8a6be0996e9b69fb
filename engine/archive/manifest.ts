import { manifestSchema, type Manifest } from "../contract/archives.ts";
import { MANIFEST, type Member } from "./member.ts";
import { refusal, type ArchiveName } from "./refusals.ts";

/** The archiver's own has about 400 bytes. */
export const MAX_MANIFEST_BYTES = 1 << 20;

/** Parses the manifest; a leading byte order mark is ignored. Refuses as ARCHIVE_MANIFEST_INVALID. */
export function readManifest(bytes: Uint8Array, file: ArchiveName): Manifest {
  const refuse = (reason: string): Error => refusal("ARCHIVE_MANIFEST_INVALID", file, reason);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw refuse(error instanceof SyntaxError ? "it is not JSON" : "it is not UTF-8");
  }
  const { data, error } = manifestSchema.safeParse(json);
  if (data !== undefined) return data;
  const key = error.issues[0]?.path.join(".") ?? "";
  throw refuse(key === "" ? "it is not an object" : `${key} is not what TorchServe expects`);
}

/** The refusal if the manifest is not where it must be. */
export function noManifest(members: readonly Member[], file: ArchiveName): Error {
  const alike = members.find(({ path }) => path.toLowerCase().endsWith(MANIFEST.toLowerCase()));
  const reason =
    alike === undefined
      ? `there is no ${MANIFEST}`
      : `it is called ${alike.path}, and TorchServe reads ${MANIFEST}`;
  return refusal("ARCHIVE_MANIFEST_INVALID", file, reason);
}

/** Files that the manifest names and the archive lacks. A handler without `.py` may be TorchServe's own. */
export function absentFiles({ model }: Manifest, members: readonly Member[]): readonly string[] {
  const [handler = ""] = (model.handler ?? "").split(":");
  const named = [
    model.serializedFile,
    model.modelFile,
    model.requirementsFile,
    model.configFile,
    ...(model.extensions?.split(",") ?? []),
    handler.endsWith(".py") ? handler : undefined,
  ];
  const there = new Set(members.map(({ path }) => path));
  const names = named.flatMap((name) => (name === undefined || name === "" ? [] : [name.trim()]));
  // The archiver keeps the last part of each name; a folder among the extra files loses one level.
  return [...new Set(names)].filter((name) => {
    const own = name.split(/[/\\]/).at(-1) ?? name;
    return !there.has(own) && !there.has(name);
  });
}
