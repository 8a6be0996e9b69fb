/** What an address of the server can return. */
export type PictureKind = "image" | "thumbnail" | "preview" | "init-image" | "export";

/**
 * Makes the signed, expiring address at which pages load a picture: a path such as
 * `/pictures/image/ID?until=…&signature=…`. The server makes and checks it. A picture whose content can change has a
 * different address for each `version`, since browsers cache what they loaded.
 */
export type AddressOf = (kind: PictureKind, id: string, version?: number) => string;

/** A picture's bytes: a file on disk, in memory, or generated while they are read. */
export type PictureBytes =
  | { readonly type: string; readonly path: string }
  | { readonly type: string; readonly bytes: Uint8Array }
  | { readonly type: string; readonly stream: AsyncIterable<Uint8Array> };
