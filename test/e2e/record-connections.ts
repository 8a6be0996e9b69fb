import { appendFileSync } from "node:fs";
import { Socket } from "node:net";

/**
 * Preloaded into the host with `--import`: records every address that one of its sockets connects to, so that a test
 * can check where a program really connected.
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
