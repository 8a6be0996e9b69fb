import type { WireError } from "../contract/errors.ts";
import type { Pixels } from "../image/pixels.ts";
import type { EndpointReply } from "../kserve/client/endpoint-reply.ts";
import type { PictureFile } from "../kserve/client/picture-file.ts";
import type { Asked } from "../kserve/client/read-pictures.ts";
import type { ParameterValue } from "../kserve/wire/wire-tensor.ts";

/** What the thread is asked: to read a reply, or to make a PNG of pixels. */
export type ThreadRequest =
  | { readonly kind: "read"; readonly reply: EndpointReply; readonly asked: Asked }
  | { readonly kind: "encode"; readonly pixels: Pixels };

/** A picture as a PNG that tells nothing of how it was made, and its pixels. */
export interface EncodedPicture {
  readonly png: Uint8Array;
  readonly pixels: Pixels;
}

/** The first picture of a reply: drawn out of its tensor, or a file that a codec has to decode. */
export interface ReadReply {
  readonly picture: EncodedPicture | PictureFile;
  /** What the endpoint tells of it. */
  readonly parameters: ReadonlyMap<string, ParameterValue>;
}

/** What it answers. `error` is one of our refusals, `failure` a mistake of ours. */
export type ThreadReply =
  | { readonly read: ReadReply }
  | { readonly encoded: EncodedPicture }
  | { readonly error: WireError }
  | { readonly failure: string };
