import { toBase64 } from "../../kserve/wire/base64.ts";
import {
  type ByteSource,
  type EncodedMessage,
  join,
  text,
} from "../../kserve/wire/encoded-message.ts";
import type { Drawn } from "../routes/draw-pictures.ts";
import type { ImageRequest } from "./image-request.ts";

/** The prefix of a stream's events; edits have their own. */
export type ImageKind = "image_generation" | "image_edit";

type Wanted = Pick<ImageRequest, "format" | "isUrl">;

/** All pictures in one reply. `created` is in seconds since 1970. */
export function imagesReply(
  pictures: readonly Drawn[],
  wanted: Wanted,
  created: number,
): EncodedMessage {
  const data = pictures.flatMap((picture, i) => [
    text(i === 0 ? "{" : ",{"),
    ...member(picture.bytes, wanted),
    text("}"),
  ]);
  const head = { created, ...described(pictures[0], wanted) };
  return {
    headers: { "content-type": "application/json" },
    ...join([text(`${JSON.stringify(head).slice(0, -1)},"data":[`), ...data, text("]}")]),
  };
}

/** The event with a finished picture. */
export function completedEvent(
  kind: ImageKind,
  picture: Drawn,
  { wanted, created }: { readonly wanted: Wanted; readonly created: number },
): ByteSource {
  const type = `${kind}.completed`;
  const head = { type, created_at: created, ...described(picture, wanted) };
  return event(type, head, picture.bytes);
}

/** The event with a small picture so far; `index` counts them from 0. */
export function partialEvent(
  kind: ImageKind,
  preview: Uint8Array,
  { index, created }: { readonly index: number; readonly created: number },
): ByteSource {
  const type = `${kind}.partial_image`;
  const head = { type, created_at: created, partial_image_index: index, output_format: "png" };
  return event(type, head, preview);
}

/** A server-sent event with a name, as OpenAI's SDKs read it. */
function event(type: string, head: object, picture: Uint8Array): ByteSource {
  const json = JSON.stringify(head).slice(0, -1);
  return text(`event: ${type}\ndata: ${json},"b64_json":"${toBase64(picture)}"}\n\n`);
}

function described(picture: Drawn | undefined, { format }: Wanted): object {
  const size = picture === undefined ? {} : { size: `${picture.width}x${picture.height}` };
  return { background: "opaque", output_format: format, ...size };
}

/** Pictures are not stored, so the address that a client can fetch contains the picture itself. */
function member(bytes: Uint8Array, { format, isUrl }: Wanted): readonly ByteSource[] {
  const start = isUrl ? `"url":"data:image/${format};base64,` : '"b64_json":"';
  return [text(start), text(toBase64(bytes)), text('"')];
}
