import type { WireError } from "../contract/errors.ts";
import type { Pixels } from "../image/pixels.ts";
import type { EndpointReply } from "../kserve/client/endpoint-reply.ts";
import type { PictureFile } from "../kserve/client/picture-file.ts";
import type { Asked } from "../kserve/client/read-pictures.ts";
import type { ParameterValue } from "../kserve/wire/wire-tensor.ts";

/** Requests to the thread: read a reply, or encode pixels as PNG. */
export type ThreadRequest =
  | { readonly kind: "read"; readonly reply: EndpointReply; readonly asked: Asked }
  | { readonly kind: "encode"; readonly pixels: Pixels };

/** A picture as a PNG without a record, and its pixels. */
export interface EncodedPicture {
  readonly png: Uint8Array;
  readonly pixels: Pixels;
}

/** The first picture in a reply: taken from its tensor, or a file that a codec must decode. */
export interface ReadReply {
  readonly picture: EncodedPicture | PictureFile;
  /** What the endpoint reports about it. */
  readonly parameters: ReadonlyMap<string, ParameterValue>;
}

/** Replies of the thread. `error` is a refusal, `failure` an error of ours. */
export type ThreadReply =
  | { readonly read: ReadReply }
  | { readonly encoded: EncodedPicture }
  | { readonly error: WireError }
  | { readonly failure: string };
