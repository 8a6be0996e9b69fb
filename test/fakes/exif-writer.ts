/** A text of EXIF: as untyped bytes, or as ASCII. */
export type ExifText =
  | { readonly tag: keyof typeof TAGS; readonly bytes: Uint8Array }
  | { readonly tag: keyof typeof TAGS; readonly ascii: string };

const TAGS = { Make: 0x010f, Model: 0x0110, Software: 0x0131, UserComment: 0x9286 };
const EXIF_FOLDER = 0x8769;
const ASCII = 2;
const LONG = 4;
const UNDEFINED = 7;

interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly data: Uint8Array;
}

/**
 * EXIF's bytes, most significant first as piexif writes them: Make and Model in the first folder, the rest in the
 * second.
 */
export function exifOf(texts: readonly ExifText[]): Uint8Array {
  const entries = texts.map(entryOf);
  const first = entries.filter(({ tag }) => tag < EXIF_FOLDER);
  const second = entries.filter(({ tag }) => tag > EXIF_FOLDER);
  const pointer = { tag: EXIF_FOLDER, type: LONG, data: new Uint8Array(4) };
  const start = 8 + folderOf([...first, pointer], 8).length;
  new DataView(pointer.data.buffer).setUint32(0, start);
  const head = Buffer.from([0x4d, 0x4d, 0, 42, 0, 0, 0, 8]);
  return Buffer.concat([head, folderOf([...first, pointer], 8), folderOf(second, start)]);
}

function entryOf(text: ExifText): Entry {
  const tag = TAGS[text.tag];
  if ("bytes" in text) return { tag, type: UNDEFINED, data: text.bytes };
  return { tag, type: ASCII, data: Buffer.from(`${text.ascii}\0`) };
}

/** A folder of entries, followed by the values that do not fit into them. */
function folderOf(entries: readonly Entry[], at: number): Buffer {
  const table = Buffer.alloc(2 + entries.length * 12 + 4);
  table.writeUInt16BE(entries.length, 0);
  let end = at + table.length;
  for (const [i, { tag, type, data }] of entries.entries()) {
    const entry = 2 + i * 12;
    table.writeUInt16BE(tag, entry);
    table.writeUInt16BE(type, entry + 2);
    table.writeUInt32BE(type === LONG ? 1 : data.length, entry + 4);
    if (data.length <= 4) table.set(data, entry + 8);
    else table.writeUInt32BE(end, entry + 8);
    if (data.length > 4) end += data.length;
  }
  return Buffer.concat([
    table,
    ...entries.map(({ data }) => data).filter(({ length }) => length > 4),
  ]);
}
