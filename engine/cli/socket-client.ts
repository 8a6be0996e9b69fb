import { createORPCClient, onError, ORPCError } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import { Agent, fetch } from "undici";
import { fromWire, StudioError } from "../contract/errors.ts";
import type { StudioClient } from "../contract/studio-client.ts";

/** A running studio, reached through its socket. */
export interface SocketStudio {
  readonly client: StudioClient;
  /** Whether it answers within `ms`: a stopped or hung one accepts connections and says nothing. */
  answers(ms: number): Promise<boolean>;
  /** The bytes at a picture's signed address. */
  picture(address: string): Promise<Uint8Array>;
  /** The same as a stream. */
  stream(address: string): Promise<AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
}

/** Any host name works: there is only one studio behind the socket. */
const ORIGIN = "http://localhost";

/** Talks to the studio behind a socket; nothing is sent until the first call. */
export function socketStudio(socketPath: string): SocketStudio {
  // Event streams may be silent for long, and so may the removal of a model.
  const dispatcher = new Agent({ connect: { socketPath }, bodyTimeout: 0, headersTimeout: 0 });
  const link = new RPCLink({
    url: `${ORIGIN}/rpc`,
    fetch: async ({ url, method, headers, body, signal }) => {
      const content = body === null ? {} : { body, duplex: "half" as const };
      const init = { method, headers: [...headers], signal, dispatcher, ...content };
      const reply = await fetch(url, init);
      const stream: unknown = reply.body;
      return new Response(stream instanceof ReadableStream ? stream : null, {
        status: reply.status,
        headers: [...reply.headers],
      });
    },
    interceptors: [
      onError((error) => {
        throw asRefusal(error);
      }),
    ],
  });
  const answerOf = async (address: string) => {
    const reply = await fetch(new URL(address, ORIGIN), { dispatcher });
    if (reply.ok) return reply;
    const body: unknown = await reply.json();
    throw fromWire(renamed(body)) ?? new StudioError("INTERNAL", { reason: "no picture came" });
  };
  return {
    client: createORPCClient(link),
    answers: (ms) =>
      fetch(ORIGIN, { method: "HEAD", dispatcher, signal: AbortSignal.timeout(ms) }).then(
        () => true,
        () => false,
      ),
    picture: async (address) => (await answerOf(address)).bytes(),
    async stream(address) {
      const { body } = await answerOf(address);
      return body ?? new ReadableStream<Uint8Array>();
    },
    close: () => dispatcher.destroy(),
  };
}

/** Converts anything that a call throws. */
function asRefusal(error: unknown): unknown {
  if (error instanceof ORPCError) {
    const { code, message, data } = error;
    return fromWire({ code, message, details: data }) ?? error;
  }
  return error;
}

/** Listeners call the message `error`. */
function renamed(body: unknown): object {
  const { error, ...rest } = { error: "", ...Object(body) };
  return { ...rest, message: error };
}
