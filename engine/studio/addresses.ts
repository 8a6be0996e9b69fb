/**
 * Makes the signed, expiring addresses at which pages see pictures: paths such as
 * `/pictures/image/ID?until=…&signature=…`. The server makes and checks them. A picture that can be drawn again has
 * another address for each version, since browsers keep what they fetched.
 */
export type PictureKind = "image" | "thumbnail" | "preview" | "init-image" | "export";
export type AddressOf = (kind: PictureKind, id: string, version?: number) => string;

/** A picture's bytes: a file on disk, in memory, or generated while they are read. */
export type PictureBytes =
  | { readonly type: string; readonly path: string }
  | { readonly type: string; readonly bytes: Uint8Array }
  | { readonly type: string; readonly stream: AsyncIterable<Uint8Array> };
