import { parentPort } from "node:worker_threads";
import { StudioError, toWire } from "../contract/errors.ts";
import { pixels, type Pixels } from "../image/pixels.ts";
import { encodePng } from "../image/png/png.ts";
import { readPictures } from "../kserve/client/read-pictures.ts";
import type { EncodedPicture, ReadReply, ThreadReply, ThreadRequest } from "./thread-messages.ts";

/** A thread that reads endpoints' replies one after the other, which takes seconds for large pictures. */
parentPort?.on("message", (request: ThreadRequest) => {
  const reply = answer(request);
  parentPort?.postMessage(reply, buffersOf(reply));
});

function answer(request: ThreadRequest): ThreadReply {
  try {
    return request.kind === "read" ? { read: read(request) } : { encoded: encode(request.pixels) };
  } catch (error) {
    if (error instanceof StudioError) return { error: toWire(error) };
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function read({ reply, asked }: Extract<ThreadRequest, { kind: "read" }>): ReadReply {
  const { pictures, parameters } = readPictures(reply, asked);
  const [first] = pictures;
  if (first === undefined) {
    throw new StudioError("ENDPOINT_REPLY_INVALID", { reason: "there is no picture in it" });
  }
  if (first.kind === "file")
    return { picture: { ...first, bytes: ownCopy(first.bytes) }, parameters };
  const { width, height, data } = first;
  return { picture: encode(pixels(width, height, ownCopy(data))), parameters };
}

function encode(picture: Pixels): EncodedPicture {
  return { png: encodePng(picture), pixels: picture };
}

/** A copy with its own buffer, so that it can be transferred. */
function ownCopy(bytes: Uint8Array): Uint8Array {
  return bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();
}

function buffersOf(reply: ThreadReply): ArrayBuffer[] {
  const picture =
    "read" in reply ? reply.read.picture : "encoded" in reply ? reply.encoded : undefined;
  if (picture === undefined) return [];
  const arrays = "png" in picture ? [picture.png, picture.pixels.data] : [picture.bytes];
  return arrays.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
}
