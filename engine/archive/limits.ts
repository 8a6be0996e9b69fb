import { kindOf, type Member } from "./member.ts";
import { refusal, shown, type ArchiveName } from "./refusals.ts";

/** A model has about twenty members; with shards about a hundred. */
export const MAX_MEMBERS = 4096;
/** Stable Diffusion 2 in float32 has 5.2 GB. */
const MAX_TOTAL_BYTES = 64 * 2 ** 30;
/** Ratio of unpacked to packed bytes. Weights hardly compress; a config can be mostly spaces. */
const MAX_RATIO = { weights: 3, archive: 3, others: 200 } as const;
/** Below this size any ratio is harmless. */
const ANY_RATIO_BYTES = 1 << 16;

/** A member, and the bytes of the archive that belong to it: header and content. */
export interface PlacedMember extends Member {
  readonly span?: { readonly from: number; readonly to: number };
}

/**
 * Refuses, judged by the directory alone, what no model's archive contains: too much, too many members, implausible
 * compression, two members in the same bytes (as in a zip bomb) or with the same name.
 */
export function checkMembers(
  members: readonly PlacedMember[],
  { file, sizeBytes }: { readonly file: ArchiveName; readonly sizeBytes: number },
): void {
  const total = sum(members.map((member) => member.sizeBytes));
  if (members.length > MAX_MEMBERS) throw tooMany(members.length, file);
  if (total > MAX_TOTAL_BYTES) {
    throw refusal("ARCHIVE_TOO_LARGE", file, `its members claim ${total} bytes together`);
  }
  for (const member of members) checkRatio(member, file);
  checkNames(members, file);
  if (sum(members.map((member) => member.packedBytes)) > sizeBytes) {
    throw refusal("ARCHIVE_UNSAFE", file, "its members take more bytes than it has");
  }
  checkSpans(members, { file, sizeBytes });
}

export function tooMany(count: number, file: ArchiveName): Error {
  const reason = `it has ${count} members, more than ${MAX_MEMBERS}`;
  return refusal("ARCHIVE_TOO_LARGE", file, reason);
}

function checkRatio({ path, sizeBytes, packedBytes }: Member, file: ArchiveName): void {
  const kind = kindOf(path);
  const most = kind === "weights" || kind === "archive" ? MAX_RATIO[kind] : MAX_RATIO.others;
  if (sizeBytes <= ANY_RATIO_BYTES || sizeBytes <= most * packedBytes) return;
  const reason = `its member ${shown(path)} claims ${sizeBytes} bytes out of ${packedBytes}, more than ${most} times as many`;
  throw refusal("ARCHIVE_TOO_LARGE", file, reason);
}

/**
 * Refuses names that are equal on some system: differing in case or Unicode composition, or a file where a folder is.
 */
function checkNames(members: readonly Member[], file: ArchiveName): void {
  const files = new Map<string, string>();
  for (const { path } of members) {
    const twin = files.get(folded(path));
    if (twin === path) throw refusal("ARCHIVE_UNSAFE", file, `it holds ${shown(path)} twice`);
    if (twin !== undefined) {
      const reason = `its members ${shown(twin)} and ${shown(path)} have one name on some systems`;
      throw refusal("ARCHIVE_UNSAFE", file, reason);
    }
    files.set(folded(path), path);
  }
  for (const { path } of members) {
    const parts = folded(path).split("/");
    const folders = parts.slice(1).map((_, depth) => parts.slice(0, depth + 1).join("/"));
    const both = folders.find((folder) => files.has(folder));
    if (both === undefined) continue;
    throw refusal("ARCHIVE_UNSAFE", file, `its member ${shown(both)} is a file and a folder`);
  }
}

function folded(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

function checkSpans(
  members: readonly PlacedMember[],
  { file, sizeBytes }: { readonly file: ArchiveName; readonly sizeBytes: number },
): void {
  const placed = members
    .flatMap(({ path, span }) => (span === undefined ? [] : [{ path, ...span }]))
    .toSorted((a, b) => a.from - b.from);
  for (const [index, { path, from, to }] of placed.entries()) {
    const before = placed[index - 1];
    if (to > sizeBytes) {
      throw refusal("ARCHIVE_DAMAGED", file, `its member ${shown(path)} lies beyond its end`);
    }
    if (before === undefined || from >= before.to) continue;
    const reason = `its members ${shown(before.path)} and ${shown(path)} overlap`;
    throw refusal("ARCHIVE_UNSAFE", file, reason);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
