import type { Socket } from "node:net";
import type { SecureContextOptions, Server } from "node:tls";
import { JSON_TYPE } from "./replies.ts";

/** A certificate and its key, as a listener shows them; they may be renewed while it listens. */
export interface ShownCertificate {
  readonly context: SecureContextOptions;
  /** Calls back with each later context; gives how to stop that. */
  onRenewed(told: (context: SecureContextOptions) => void): () => void;
}

/** TLS 1.2 is what clients of the last fifteen years speak; what is older is broken. */
export const SECURE = { minVersion: "TLSv1.2", handshakeTimeout: 10_000 } as const;

/** Until the first byte of a handshake is there. */
const FIRST_BYTE_MS = 5000;

/** A handshake's first byte, by RFC 8446 5.1. */
const HANDSHAKE = 22;

/**
 * Makes a TLS server of Node's show a certificate that may be renewed: connections that are open go on with
 * the old one. Whoever comes without TLS is told so in a sentence, where others would hear nothing.
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
  // What else it sends is read and dropped, so that the reply arrives; not for ever.
  socket.resume();
  setTimeout(() => socket.destroy(), FIRST_BYTE_MS).unref();
}
