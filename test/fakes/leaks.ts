import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** A secret in every form in which it could lie somewhere, and halves of it. */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift, "x"), bytes]).toString("base64");
    // What its neighbours do not change, wherever it begins.
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

/** A file's bytes as Latin-1, unpacked where it is compressed. */
export function textOf(file: string): string {
  const content = readFileSync(file);
  const isGzip = content[0] === 0x1f && content[1] === 0x8b;
  return (isGzip ? gunzipSync(content) : content).toString("latin1");
}

/** The files of a data folder that hold a secret in any form, but for the one that keeps secrets. */
export function leaksIn(dataFolder: string, secret: string): readonly string[] {
  const forms = formsOf(secret);
  const kept = join(dataFolder, "secrets.json");
  return filesIn(dataFolder).filter((file) => {
    const text = textOf(file);
    return !file.startsWith(kept) && forms.some((form) => text.includes(form));
  });
}
