import { once } from "node:events";
import { connect } from "node:net";

/** Sends bytes to a port unchanged and returns everything received until the end. */
export async function rawRequest(
  port: number,
  bytes: string | Uint8Array,
  { patienceMs = 0 } = {},
): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  // The listener may close before everything was sent.
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(bytes);
  // Ends the request if the listener waits for more bytes than were sent.
  socket.setTimeout(patienceMs, () => socket.end());
  await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

/** A reply's status and JSON. */
export function parsed(reply: string): { status: number; body: Record<string, unknown> } {
  const [head = "", body = ""] = reply.split("\r\n\r\n", 2);
  return { status: Number(head.split(" ")[1]), body: JSON.parse(body) as Record<string, unknown> };
}
