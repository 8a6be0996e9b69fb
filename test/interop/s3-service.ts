import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { S3Service } from "./s3-operations.ts";

/** On a busy machine, a service's first reply may take a long time. */
const STARTING_MS = 60_000;

const KEYS = { accessKey: "darkroom", secretKey: "darkroomsecret" } as const;

export interface StartedService extends S3Service {
  readonly stop: () => Promise<void>;
}

interface Start {
  readonly program: string;
  /** Its arguments for a port and an empty folder. */
  readonly args: (port: number, folder: string) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts another program's S3 service on a free port, over an empty folder. */
export async function startService({ program, args, env = {} }: Start): Promise<StartedService> {
  const folder = mkdtempSync(join(tmpdir(), "darkroom-s3-"));
  const port = await freePort();
  const child = spawn(program, args(port, folder), {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  let said = "";
  child.stderr
    .setEncoding("utf8")
    .on("data", (text: string) => (said = (said + text).slice(-4000)));
  const ended = new Promise<void>((resolve) => {
    child.on("error", () => resolve()).on("close", () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + STARTING_MS;
  while (!(await answers(endpoint))) {
    if (child.exitCode === null && performance.now() < deadline) {
      await sleep(100);
      continue;
    }
    await stop();
    throw new Error(`${program} does not answer: ${said}`);
  }
  return { endpoint, ...KEYS, stop };
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on a port has one.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
