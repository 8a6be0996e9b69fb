import { gzipSync } from "node:zlib";
import { Header, type HeaderData } from "tar";
import type { ZipEntry } from "./zip-writer.ts";

/** A tar.gz of these entries as Python's tarfile makes it. */
export function tarGz(
  entries: readonly (ZipEntry & { readonly header?: HeaderData })[],
): Uint8Array {
  const blocks = entries.flatMap(({ name, data, header }) => {
    const block = Buffer.alloc(512);
    new Header({ path: name, size: data.length, type: "File", mode: 0o644, ...header }).encode(
      block,
    );
    return [block, Buffer.from(data), Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}
