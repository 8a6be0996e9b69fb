// Addresses differ from offsets, as they do in real libraries.
const ADDRESS_SHIFT = 0x10000;
const NEEDED = 1;
const STRING_TABLE = 5;
const RUN_PATH = 29;

/** A 64-bit x86 ELF library with nothing in it but its dependencies and `payload`. */
export function elfOf(
  needed: readonly string[],
  options: { readonly runPath?: string; readonly payload?: Uint8Array } = {},
): Uint8Array {
  const { runPath, payload = new Uint8Array(0) } = options;
  const strings = [...needed, ...(runPath === undefined ? [] : [runPath])];
  const offsets = strings.map((_, index) =>
    strings.slice(0, index).reduce((sum, text) => sum + text.length + 1, 1),
  );
  const entries = [
    ...needed.map((_, index) => [NEEDED, offsets[index]!]),
    ...(runPath === undefined ? [] : [[RUN_PATH, offsets.at(-1)!]]),
  ];
  const dynamicAt = 64 + 2 * 56;
  const dynamicBytes = (entries.length + 2) * 16;
  const stringsAt = dynamicAt + dynamicBytes;
  const table = Buffer.from(`\0${strings.map((text) => `${text}\0`).join("")}`);
  const total = stringsAt + table.byteLength + payload.byteLength;
  const file = Buffer.alloc(total);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(0x3e, 18);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(2, 56);
  writeSegment(file, 64, { type: 1, offset: 0, sizeBytes: total });
  writeSegment(file, 120, { type: 2, offset: dynamicAt, sizeBytes: dynamicBytes });
  for (const [index, [tag, value]] of [
    ...entries,
    [STRING_TABLE, stringsAt + ADDRESS_SHIFT],
  ].entries()) {
    file.writeBigUInt64LE(BigInt(tag!), dynamicAt + index * 16);
    file.writeBigUInt64LE(BigInt(value!), dynamicAt + index * 16 + 8);
  }
  file.set(table, stringsAt);
  file.set(payload, stringsAt + table.byteLength);
  return file;
}

function writeSegment(
  file: Buffer,
  at: number,
  { type, offset, sizeBytes }: { type: number; offset: number; sizeBytes: number },
): void {
  file.writeUInt32LE(type, at);
  file.writeBigUInt64LE(BigInt(offset), at + 8);
  file.writeBigUInt64LE(BigInt(offset + ADDRESS_SHIFT), at + 16);
  file.writeBigUInt64LE(BigInt(sizeBytes), at + 32);
}
