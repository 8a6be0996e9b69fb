import type { Socket } from "node:net";
import type { SecureContextOptions, Server } from "node:tls";
import { JSON_TYPE } from "./replies.ts";

/** A listener's certificate and key, which can be renewed while it runs. */
export interface ShownCertificate {
  readonly context: SecureContextOptions;
  /** Calls `told` with each renewed context; returns a function that stops this. */
  onRenewed(told: (context: SecureContextOptions) => void): () => void;
}

/** Clients of the last fifteen years support TLS 1.2; older versions are insecure. */
export const SECURE = { minVersion: "TLSv1.2", handshakeTimeout: 10_000 } as const;

/** Time limit for the first byte of a handshake. */
const FIRST_BYTE_MS = 5000;

/** The first byte of a handshake, by RFC 8446 5.1. */
const HANDSHAKE = 22;

/**
 * Makes a Node TLS server use a certificate that can be renewed: open connections keep the old one. Clients without TLS
 * get a sentence about it instead of silence.
 */
export function showCertificate(server: Server, shown: ShownCertificate): void {
  const stop = shown.onRenewed((context) => server.setSecureContext({ ...context, ...SECURE }));
  server.once("close", stop);
  const listeners = server.listeners("connection");
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    const onError = (): void => void socket.destroy();
    socket.on("error", onError);
    const late = setTimeout(onError, FIRST_BYTE_MS).unref();
    socket.once("close", () => clearTimeout(late));
    socket.once("data", (bytes: Buffer) => {
      clearTimeout(late);
      if (bytes[0] !== HANDSHAKE) return refusePlain(socket);
      socket.pause();
      socket.unshift(bytes);
      for (const listener of listeners) Reflect.apply(listener, server, [socket]);
    });
  });
}

const PLAIN = JSON.stringify({
  error: "This port speaks TLS only: write https:// instead of http://.",
  code: "REQUEST_REFUSED",
});

function refusePlain(socket: Socket): void {
  const head = `HTTP/1.1 400 Bad Request\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: ${PLAIN.length}`;
  socket.end(`${head}\r\nconnection: close\r\n\r\n${PLAIN}`);
  // The rest is read and dropped for a while, so that the reply arrives.
  socket.resume();
  setTimeout(() => socket.destroy(), FIRST_BYTE_MS).unref();
}
