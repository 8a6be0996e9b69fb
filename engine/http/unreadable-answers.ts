import { type IncomingMessage, maxHeaderSize, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { JSON_TYPE } from "./replies.ts";

interface Answer {
  readonly status: string;
  readonly sentence: string;
}

/** By Node's error code. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  HPE_HEADER_OVERFLOW: {
    status: "431 Request Header Fields Too Large",
    sentence: `The request's headers have more than ${maxHeaderSize} bytes. Send fewer or shorter ones.`,
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: "413 Payload Too Large",
    sentence: "The request's chunks have extensions that are too long. Send them without.",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: "408 Request Timeout",
    sentence: "The request did not arrive in time. Send it again.",
  },
};

const UNREADABLE: Answer = {
  status: "400 Bad Request",
  sentence:
    "The request could not be read: it is not valid HTTP. Check the program that sent it, and proxies on the way.",
};

/** The latest request of a connection, and its reply. */
interface Latest {
  request: IncomingMessage;
  response: ServerResponse;
}

/**
 * Answers what cannot be read as a request: bytes that are not HTTP, headers that are too long or too slow, bodies that
 * do not arrive. Earlier replies on the connection are sent first; if that is impossible, it is closed unanswered.
 */
export class UnreadableAnswers {
  readonly #latest = new WeakMap<object, Latest>();

  /** Remembers a request that could be read. */
  follow(request: IncomingMessage, response: ServerResponse): void {
    const latest = this.#latest.get(request.socket);
    if (latest === undefined) this.#latest.set(request.socket, { request, response });
    else {
      latest.request = request;
      latest.response = response;
    }
  }

  answer(error: NodeJS.ErrnoException, socket: Socket): void {
    // The TLS handshake failed, so no answer can be sent.
    if (/^(?:ERR_SSL|ERR_TLS|EPROTO)/.test(error.code ?? "")) {
      socket.destroy();
      return;
    }
    const latest = this.#latest.get(socket);
    if (latest === undefined || latest.response.writableFinished) {
      end(socket, error);
      return;
    }
    const { request, response } = latest;
    if (request.complete) {
      // Replies are sent in the order of their requests, so this is the last one.
      response.once("close", () => end(socket, error));
      return;
    }
    // This request's own body is unreadable. A response that has no socket yet waits for earlier replies.
    if (response.headersSent || response.socket === null) socket.destroy();
    else end(socket, error);
  }
}

function end(socket: Socket, error: NodeJS.ErrnoException): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status, sentence } = ANSWERS[error.code ?? ""] ?? UNREADABLE;
  const body = JSON.stringify({ error: sentence });
  const head = `HTTP/1.1 ${status}\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: ${body.length}`;
  socket.end(`${head}\r\nconnection: close\r\n\r\n${body}`);
}
