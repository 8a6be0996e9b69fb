import { open } from "node:fs/promises";
import { basename } from "node:path";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { StudioError } from "../contract/errors.ts";
import { PICTURE_KINDS, type PictureAddresses, type PictureKind } from "./picture-addresses.ts";

/** A picture's bytes: a file on disk, in memory, or generated while they are read. */
export type PictureBytes =
  | { readonly type: string; readonly path: string }
  | { readonly type: string; readonly bytes: Uint8Array }
  | { readonly type: string; readonly stream: AsyncIterable<Uint8Array> };

export type OpenPicture = (kind: PictureKind, id: string) => Promise<PictureBytes>;

const addressSchema = z.object({
  kind: z.enum(PICTURE_KINDS),
  id: z.string().max(64),
  until: z.coerce.number().int(),
  signature: z.string().max(64),
  /** A file name; if given, the browser saves the picture instead of showing it. */
  download: z.string().max(255).optional(),
});

/** `GET /pictures/KIND/ID?until=…&signature=…`, with `&download=NAME` for saving. */
export function picturesRoute(
  app: FastifyInstance,
  addresses: PictureAddresses,
  openPicture: OpenPicture,
): void {
  app.get("/pictures/:kind/:id", async ({ params, query }, reply) => {
    const { data } = addressSchema.safeParse({ ...asObject(query), ...asObject(params) });
    if (data === undefined) {
      throw new StudioError("ADDRESS_REFUSED", { reason: "it is not a picture's address" });
    }
    const secondsLeft = addresses.check(data);
    const picture = await openPicture(data.kind, data.id);
    reply
      .header("cache-control", `private, max-age=${secondsLeft}, immutable`)
      .header("content-disposition", disposition(data.download))
      .type(picture.type);
    if ("stream" in picture)
      return reply.send(Readable.from(picture.stream, { objectMode: false }));
    return "path" in picture ? sendFile(reply, picture.path) : reply.send(picture.bytes);
  });
}

/** Streams the file, so that a large picture takes no memory. */
async function sendFile(reply: FastifyReply, path: string): Promise<FastifyReply> {
  const file = await open(path).catch((error: unknown) => missing(reply, path, error));
  const stats = await file.stat().catch(() => undefined);
  if (stats?.isFile() === true) {
    const end = Math.max(0, stats.size - 1);
    return reply.header("content-length", stats.size).send(file.createReadStream({ end }));
  }
  await file.close();
  return missing(reply, path);
}

function missing(reply: FastifyReply, path: string, cause?: unknown): never {
  reply.removeHeader("content-disposition");
  throw new StudioError("PICTURE_MISSING", { file: basename(path) }, { cause });
}

/** The name in UTF-8 by RFC 6266, and reduced to ASCII for old clients. */
function disposition(name: string | undefined): string {
  if (name === undefined) return "inline";
  const plain = name.replaceAll(/[^\w.-]/g, "_");
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(/['()*]/g, percent);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function asObject(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}
