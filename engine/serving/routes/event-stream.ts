import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { StudioError } from "../../contract/errors.ts";
import { type ByteSource, text } from "../../kserve/wire/encoded-message.ts";
import {
  type DrawnRequest,
  drawPictures,
  type InferenceWork,
  type Progress,
} from "./draw-pictures.ts";
import { relay } from "./relay.ts";
import type { RouteParts } from "./route-parts.ts";
import { endWhereStalled } from "./send-message.ts";

/** Silence that proxies take for death begins at 30 s: a comment goes out before. */
const SILENCE_MS = 10_000;

/** Events that may wait for a slow client; what is older is dropped, the last one never. */
const MAX_WAITING = 100;

const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  // Proxies of nginx's kind would collect the events otherwise.
  "x-accel-buffering": "no",
};

/** How a protocol says what happens to a request. */
export interface EventForm {
  /** Of steps and of the pictures; empty where it is not told. */
  readonly encode: (event: Progress | DrawnRequest) => Promise<ByteSource>;
  readonly failed: (error: unknown) => ByteSource;
}

/**
 * Draws a request and tells of it by server-sent events. What is refused before the first of them has a
 * status; what fails later is an event.
 */
export async function streamEvents(
  { admission, silenceMs = SILENCE_MS }: Pick<RouteParts, "admission" | "silenceMs">,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  { work, form }: { readonly work: InferenceWork; readonly form: EventForm },
): Promise<FastifyReply> {
  const events = relay(drawPictures(admission, work), { limit: MAX_WAITING, silenceMs });
  const first = await events.next();
  endWhereStalled(reply);
  const encode = async (event: Progress | DrawnRequest | undefined): Promise<ByteSource> =>
    // A comment: clients skip it, proxies see that somebody is there.
    event === undefined ? text(": waiting\n\n") : form.encode(event);
  const stream = async function* (): AsyncGenerator<Uint8Array, void> {
    try {
      yield* (await encode(first.value ?? undefined)).chunks;
      for await (const event of events) yield* (await encode(event)).chunks;
    } catch (error) {
      if (work.signal.aborted) return;
      if (!(error instanceof StudioError)) request.log.error(error);
      yield* form.failed(error).chunks;
    }
  };
  return reply.headers(STREAM_HEADERS).send(Readable.from(stream(), { objectMode: false }));
}
