import { MAX_PICTURES } from "../server/given-values.ts";
import { isList, itemsOf, type Json, type JsonObject, lengthOf, shown } from "../wire/json.ts";
import { NumberArray } from "../wire/json-numbers.ts";
import { MessageFault, quote } from "../wire/message-fault.ts";
import { bytesOfText, pictureFile, type PictureFile } from "./picture-file.ts";
import { type AskedSize, guessShape, layoutOf, picturesIn } from "./picture-layout.ts";
import { pixelBytes } from "./pixel-bytes.ts";
import type { ReplyOutput } from "./reply-outputs.ts";
import { type ClaimedShape, settleShape } from "../wire/shape.ts";
import { isElements } from "../wire/wire-tensor.ts";

/** A picture from a reply: pixels as row-major RGB, one byte per channel; or a file. */
export type ReplyPicture =
  | {
      readonly kind: "pixels";
      readonly width: number;
      readonly height: number;
      readonly data: Uint8Array;
    }
  | PictureFile;

/** How an output's values are to be read. */
interface Reading {
  readonly output: ReplyOutput;
  readonly asked: AskedSize;
  readonly field: string;
}

/** The pictures in an output, in whatever form. Throws MessageFault. */
export function picturesOf(output: ReplyOutput, asked: AskedSize): readonly ReplyPicture[] {
  const field = output.name === "" ? "the output" : `the output ${quote(output.name)}`;
  const reading = { output, asked, field };
  const { content } = output;
  if (content.kind === "json") return fromJson(content.data, reading);
  const { values } = content;
  if (isElements(values)) return values.map((bytes) => fromBytes(bytes, reading));
  const numbers = isWide(values) ? Float64Array.from(values, Number) : values;
  return fromNumbers(numbers, [numbers.length], reading);
}

function isWide(values: object): values is BigInt64Array | BigUint64Array {
  return values instanceof BigInt64Array || values instanceof BigUint64Array;
}

function fromJson(data: Json, reading: Reading): readonly ReplyPicture[] {
  if (typeof data === "string") return [fromText(data, reading)];
  if (data instanceof NumberArray) return fromNumbers(data.values, data.shape, reading);
  if (data instanceof Map) return fromJson(inner(data, reading.field), reading);
  if (!isList(data)) throw new MessageFault(reading.field, shown(data), "that is not a picture");
  if (lengthOf(data) > MAX_PICTURES || itemsOf(data).some(isNumber)) throw noGrid(data, reading);
  return itemsOf(data).flatMap((item) => fromJson(item, reading));
}

/** Some servers write null where a model returned NaN. */
function noGrid(data: Json, { field }: Reading): MessageFault {
  const isMissing = itemsOf(data).includes(null);
  if (isMissing)
    return new MessageFault(`a pixel of ${field}`, "null", "that is not a colour", "pixels");
  const reason = "its rows differ in length, or hold something else than numbers";
  return new MessageFault(field, "no picture", reason);
}

function isNumber(item: Json): boolean {
  return typeof item === "number" || typeof item === "bigint" || item === null;
}

/** Where servers of protocol v1 and OpenAI's interface put a picture in an object. */
const KEYS = ["image", "generated_image", "b64_json", "b64", "data", "bytes"];

function inner(object: JsonObject, field: string): Json {
  const key = KEYS.find((key) => object.has(key));
  const value = key === undefined ? undefined : object.get(key);
  if (value !== undefined) return value;
  if (object.has("url")) {
    const reason = "Darkroom takes pictures from the endpoint alone, as base64";
    throw new MessageFault(field, "the address of a picture", reason);
  }
  throw new MessageFault(field, "an object", `a picture would be under ${KEYS.join(", ")}`);
}

function fromText(text: string, reading: Reading): ReplyPicture {
  const bytes = bytesOfText(text);
  const picture =
    bytes === undefined ? undefined : (pictureFile(bytes) ?? rawPixels(bytes, reading));
  if (picture !== undefined) return picture;
  throw new MessageFault(reading.field, quote(text), textFault(text, bytes?.length ?? 0));
}

/** The beginning of PNG, JPEG and WebP in base64. */
const PICTURE_TEXT = /^(?:data:image\/|iVBORw0KGgo|\/9j\/|UklGR)/;

function textFault(text: string, sizeBytes: number): string {
  if (sizeBytes > MIN_FILE) return `its ${sizeBytes} bytes are not a PNG, JPEG or WebP file`;
  if (PICTURE_TEXT.test(text)) return "its base64 is damaged";
  return "that is text, not a picture";
}

/** Any four-letter word is valid base64; files are longer. */
const MIN_FILE = 12;

function fromBytes(bytes: Uint8Array, reading: Reading): ReplyPicture {
  return (
    pictureFile(bytes) ??
    rawPixels(bytes, reading) ??
    fromText(new TextDecoder().decode(bytes), reading)
  );
}

/** The bytes are exactly the pixels of the shape, or of the requested size. */
function rawPixels(bytes: Uint8Array, { output, asked, field }: Reading): ReplyPicture | undefined {
  const shape = [output.shape ?? [], [asked.height ?? 0, asked.width ?? 0, 3]].find(
    (shape) =>
      shape.length > 1 && shape.reduce((size, length) => size * length, 1) === bytes.length,
  );
  return bytes.length === 0 || shape === undefined ? undefined : toPixels(bytes, shape, field)[0];
}

/** `nested` is the shape of the arrays that contained the numbers; a single dimension says nothing. */
function fromNumbers(
  values: ArrayLike<number>,
  nested: readonly number[],
  { output, asked, field }: Reading,
): readonly ReplyPicture[] {
  const count = values.length;
  const claimed = settleShape(closed(output.shape) ?? nested, count, `${field}.shape`);
  const shape =
    [claimed, nested].find(({ length }) => length > 1) ?? guessShape(count, asked, field);
  // The size is checked before memory is allocated for the pixels.
  layoutOf(shape, field);
  return toPixels(pixelBytes(values, output.datatype, field), shape, field);
}

/** The claimed shape; undefined if several of its dimensions are unknown. */
function closed(shape: ClaimedShape): ClaimedShape {
  const open = shape?.filter((dimension) => dimension === -1) ?? [];
  return open.length > 1 ? undefined : shape;
}

function toPixels(
  bytes: ArrayLike<number>,
  shape: readonly number[],
  field: string,
): readonly ReplyPicture[] {
  const layout = layoutOf(shape, field);
  if (layout.count > MAX_PICTURES) {
    throw new MessageFault(field, `${layout.count} pictures`, `the limit is ${MAX_PICTURES}`);
  }
  const { width, height } = layout;
  const pixels = bytes instanceof Uint8Array ? bytes : Uint8Array.from(bytes);
  return picturesIn(pixels, layout).map((data) => ({ kind: "pixels", width, height, data }));
}
