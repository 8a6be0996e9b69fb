import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** A secret in every encoding in which it could have been written, and its beginning and end. */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift, "x"), bytes]).toString("base64");
    // Only the characters that the bytes before and after the secret cannot change.
    return shifted.slice(shift === 0 ? 0 : 4, -8);
  });
  return [
    secret,
    encodeURIComponent(secret),
    bytes.toString("hex"),
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
    secret.split("").join("\0"),
    secret.split("").toReversed().join(""),
    secret.slice(0, 16),
    secret.slice(-16),
  ];
}

/** Every file below a folder. */
export function filesIn(folder: string): string[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
}

/** A file's bytes as Latin-1, unpacked if it is compressed with gzip. */
export function textOf(file: string): string {
  const content = readFileSync(file);
  const isGzip = content[0] === 0x1f && content[1] === 0x8b;
  return (isGzip ? gunzipSync(content) : content).toString("latin1");
}

/** The ids of a process and all its descendants. */
export function treeOf(pid: number): number[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const children = all.filter((name) => {
    const stat = readOrNothing(`/proc/${name}/stat`);
    return Number(stat.split(") ")[1]?.split(" ")[1]) === pid;
  });
  return [pid, ...children.flatMap((child) => treeOf(Number(child)))];
}

/** Command lines and environments of a process and its descendants, by path; empty where there is no `/proc`. */
export function shownByProcesses(pid: number | undefined): ReadonlyMap<string, string> {
  if (pid === undefined || !existsSync("/proc")) return new Map();
  const places = treeOf(pid).flatMap((one) => [`/proc/${one}/cmdline`, `/proc/${one}/environ`]);
  return new Map(places.map((place) => [place, readOrNothing(place)]));
}

/** The file's text; "" if it cannot be read, since a process may end at any time. */
function readOrNothing(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

/** The names of the texts that contain a secret in any form. */
export function leaksAmong(
  texts: ReadonlyMap<string, string>,
  secrets: readonly string[],
): readonly string[] {
  const forms = secrets.flatMap(formsOf);
  const leaks = [...texts].filter(([, text]) => forms.some((form) => text.includes(form)));
  return leaks.map(([place]) => place);
}

/** The files of a data folder that contain a secret in any form, except `secrets.json`. */
export function leaksIn(dataFolder: string, secrets: readonly string[]): readonly string[] {
  const kept = join(dataFolder, "secrets.json");
  const files = filesIn(dataFolder).filter((file) => !file.startsWith(kept));
  return leaksAmong(new Map(files.map((file) => [file, textOf(file)])), secrets);
}
