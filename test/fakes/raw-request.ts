import { once } from "node:events";
import { connect } from "node:net";

/** Sends bytes to a port as they are and gives everything that comes back until the end. */
export async function rawRequest(
  port: number,
  bytes: string | Uint8Array,
  { patienceMs = 0 } = {},
): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  // A door may close before everything was sent.
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(bytes);
  // Who announced more than was sent is not waited for.
  socket.setTimeout(patienceMs, () => socket.end());
  await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

/** A reply's status and its JSON. */
export function parsed(reply: string): { status: number; body: Record<string, unknown> } {
  const [head = "", body = ""] = reply.split("\r\n\r\n", 2);
  return { status: Number(head.split(" ")[1]), body: JSON.parse(body) as Record<string, unknown> };
}
