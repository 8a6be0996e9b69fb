import { writeFileSync } from "node:fs";

interface Entry {
  files?: Record<string, Entry>;
  size?: number;
  offset?: string;
}

/** Writes an asar archive of invented files: Chromium's pickle of a JSON tree, followed by the bytes of each. */
export function writeAsar(path: string, files: Readonly<Record<string, string>>): void {
  const root: Entry = { files: {} };
  const contents: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    const steps = name.split("/");
    const last = steps.pop()!;
    const folder = steps.reduce((at, step) => (at.files![step] ??= { files: {} }), root);
    folder.files![last] = { size: bytes.length, offset: String(offset) };
    contents.push(bytes);
    offset += bytes.length;
  }
  const json = Buffer.from(JSON.stringify(root));
  const padded = Buffer.concat([json, Buffer.alloc((4 - (json.length % 4)) % 4)]);
  const lengths = Buffer.alloc(16);
  for (const [at, value] of [4, padded.length + 8, padded.length + 4, json.length].entries()) {
    lengths.writeUInt32LE(value, at * 4);
  }
  writeFileSync(path, Buffer.concat([lengths, padded, ...contents]));
}
