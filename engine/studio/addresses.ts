/**
 * Makes the short-lived signed addresses under which pages see pictures. Paths without an origin:
 * `/pictures/image/ID?until=…&signature=…`. The server makes and checks them.
 */
export type PictureKind = "image" | "thumbnail" | "preview" | "init-image" | "export";
export type AddressOf = (kind: PictureKind, id: string) => string;

/** Where a picture's bytes are: a file on disk, in memory, or made while they are read. */
export type PictureBytes =
  | { readonly type: string; readonly path: string }
  | { readonly type: string; readonly bytes: Uint8Array }
  | { readonly type: string; readonly stream: AsyncIterable<Uint8Array> };
