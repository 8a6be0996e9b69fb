import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { checkMembers, MAX_MEMBERS, tooMany } from "../archive/limits.ts";
import { memberPath } from "../archive/member-path.ts";
import type { Member } from "../archive/member.ts";
import { refusal, shown, type ArchiveName } from "../archive/refusals.ts";
import { fileSource } from "./byte-source.ts";
import type { Container } from "./container.ts";

/** Deeper than an archive's paths can be. */
const MAX_DEPTH = 8;

/** Opens the folder that torch-model-archiver makes with `--archive-format no-archive`. */
export async function openFolder(folder: string, name: ArchiveName): Promise<Container> {
  const members = await filesIn(folder, name);
  const sizeBytes = members.reduce((sum, member) => sum + member.sizeBytes, 0);
  checkMembers(members, { file: name, sizeBytes });
  const sourceOf: Container["sourceOf"] = (path) =>
    fileSource(join(folder, path), sizeOf(members, path));
  return {
    name,
    members,
    sourceOf,
    isSeekable: true,
    crcOf: () => undefined,
    async *walk(paths) {
      for (const member of members.filter(({ path }) => paths.has(path))) {
        yield { member, content: sourceOf(member.path).read(0, member.sizeBytes) };
      }
    },
  };
}

function sizeOf(members: readonly Member[], path: string): number {
  return members.find((member) => member.path === path)?.sizeBytes ?? 0;
}

async function filesIn(folder: string, name: ArchiveName): Promise<readonly Member[]> {
  const members: Member[] = [];
  const waiting = [""];
  let count = 0;
  for (const prefix of waiting) {
    const entries = await readdir(join(folder, prefix), { withFileTypes: true });
    if ((count += entries.length) > MAX_MEMBERS) throw tooMany(count, name);
    for (const entry of entries) {
      const path = memberPath(`${prefix}${entry.name}`, name);
      if (entry.isDirectory() && path.split("/").length < MAX_DEPTH) waiting.push(`${path}/`);
      if (entry.isDirectory()) continue;
      if (!entry.isFile()) {
        throw refusal("ARCHIVE_UNSAFE", name, `its member ${shown(path)} is not an ordinary file`);
      }
      const { size } = await lstat(join(folder, path));
      members.push({ path, sizeBytes: size, packedBytes: size });
    }
  }
  return members.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
