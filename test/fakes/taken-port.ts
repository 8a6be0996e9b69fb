import { once } from "node:events";
import { createServer } from "node:net";
import { onTestFinished } from "vitest";

/** A port that another server listens on until the test ends. */
export async function takenPort(host = "127.0.0.1"): Promise<number> {
  const holder = createServer();
  onTestFinished(() => void holder.close());
  holder.listen({ port: 0, host });
  await once(holder, "listening");
  return (holder.address() as { port: number }).port;
}
