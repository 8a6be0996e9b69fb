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

/** Some proxies close a connection after 30 s of silence: a comment is sent before that. */
const SILENCE_MS = 10_000;

/** Maximum number of events waiting for a slow client; older ones are dropped, except the last one. */
const MAX_WAITING = 100;

const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  // Otherwise nginx and similar proxies would collect the events.
  "x-accel-buffering": "no",
};

/** The form of a protocol's events. */
export interface EventForm {
  /** An event for a step or the pictures; empty if the protocol has none. */
  readonly encode: (event: Progress | DrawnRequest) => Promise<ByteSource>;
  readonly failed: (error: unknown) => ByteSource;
}

/**
 * Draws a request and reports it with server-sent events. A refusal before the first event has an HTTP status; later
 * errors are events.
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
    // A comment: clients ignore it, and proxies see that the connection is alive.
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
