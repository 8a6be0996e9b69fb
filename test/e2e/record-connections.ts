import { appendFileSync } from "node:fs";
import { Socket } from "node:net";

/**
 * Preloaded into the host (`--import`): writes down every place that a socket of it connects to, so
 * that a test can say where a program spoke to and not only where it meant to.
 */
const file = process.env["DARKROOM_TEST_CONNECTIONS"];
// oxlint-disable-next-line typescript/unbound-method -- called with its socket by Reflect.apply
const connect = Socket.prototype.connect;

function targetOf(options: unknown): string {
  if (typeof options !== "object" || options === null) return String(options);
  const { path, host } = options as { path?: string; host?: string };
  return path ?? host ?? "localhost";
}

Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
  const [first] = args.flat();
  if (file !== undefined) appendFileSync(file, `${targetOf(first)}\n`);
  return Reflect.apply(connect, this, args);
} as typeof connect;
