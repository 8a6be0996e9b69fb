import { type Command, Option } from "commander";
import { SOFTWARE } from "../contract/software.ts";
import type { StartFlags } from "../torchserve/start-flags.ts";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outliveReaders } from "./outcome.ts";
import { port } from "./studio-command.ts";

/** TorchServe's flags, and our own additions. */
export interface TorchServeFlags extends StartFlags {
  readonly version?: boolean;
  readonly stop?: boolean;
  readonly start?: boolean;
}

/** Kubernetes' grace period in seconds, less the time that ending takes. */
const GRACE_SECONDS = 25;

export const TORCHSERVE_VERSION = `TorchServe Version is 0.12.0 (provided by ${SOFTWARE.software} ${SOFTWARE.version})`;

const idle = (flags: string): Option => new Option(flags).hideHelp();

const tell = (line: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
};

/** The flags of TorchServe's own command; those without a meaning here are accepted as well. */
export function withTorchServeFlags(command: Command): Command {
  return command
    .option("--model-store <dir>", "folder of the archives, or of models in diffusers layout")
    .option("--ts-config <file>", "TorchServe's config.properties")
    .option("--models <names...>", "archives to load, each FILE or NAME=FILE; all; or none")
    .option("--disable-token-auth", "allow everyone who can reach it, without a key")
    .option("--enable-model-api", "let models be registered and removed while it runs")
    .addOption(
      new Option("--kserve-port <port>", "where KServe's wrapper would listen").argParser(port),
    )
    .addOption(new Option("--kserve-grpc-port <port>", "the same for gRPC").argParser(port))
    .option("--stop", "stop the running one")
    .addOption(idle("--start"))
    .addOption(idle("--foreground"))
    .addOption(idle("--ncs, --no-config-snapshots"))
    .addOption(idle("--log-config <file>"))
    .addOption(idle("--cpp-log-config <file>"))
    .addOption(idle("--workflow-store <dir>"))
    .addOption(idle("--plugins-path <dir>"));
}

/** Runs instead of TorchServe until it is stopped; pictures being drawn are still answered. */
export async function runTorchServe(flags: TorchServeFlags, signal: AbortSignal): Promise<void> {
  if (flags.stop === true) return stopRunning();
  outliveReaders();
  const { startTorchServe } = await import("../torchserve/start-torchserve.ts");
  const running = await startTorchServe({ flags, environment: process.env, tell, signal });
  for (const { name, address } of running.listening) tell(`Listening, ${name}: ${address}`);
  running.loaded.catch((error: unknown) => tell(String(error)));
  await writeFile(PID_FILE, String(process.pid)).catch(() => undefined);
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (!signal.aborted) await stopped;
  const seconds = graceSeconds();
  tell(`Stopping: pictures in progress have ${seconds} s to finish; new requests are refused.`);
  await running.drain(seconds * 1000);
  await rm(PID_FILE, { force: true }).catch(() => undefined);
  tell("Stopped.");
  process.exit(0);
}

/** Process id of the server that this user started last; like TorchServe's, in the temporary folder. */
const PID_FILE = join(tmpdir(), ".darkroom-torchserve.pid");

/** `--stop`: stops the running server. */
async function stopRunning(): Promise<void> {
  const text = await readFile(PID_FILE, "utf8").catch(() => "");
  const pid = /^[1-9]\d{0,9}$/.test(text.trim()) ? Number(text) : undefined;
  if (pid === undefined || !(await isOurs(pid))) {
    process.stdout.write("TorchServe is not currently running.\n");
    return;
  }
  process.kill(pid, "SIGTERM");
  process.stdout.write("TorchServe has been told to stop.\n");
}

/** The process id may belong to another program by now. */
async function isOurs(pid: number): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => undefined);
  if (command !== undefined) return /torchserve|serve/.test(command);
  try {
    return process.platform !== "linux" && process.kill(pid, 0);
  } catch {
    return false;
  }
}

function graceSeconds(): number {
  const given = Number(process.env["DARKROOM_GRACE_SECONDS"] ?? GRACE_SECONDS);
  return Number.isFinite(given) && given >= 0 ? given : GRACE_SECONDS;
}
