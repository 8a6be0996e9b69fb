import { type Command, Option } from "commander";
import { SOFTWARE } from "../contract/software.ts";
import type { StartFlags } from "../torchserve/start-flags.ts";
import { outliveReaders } from "./outcome.ts";
import { port } from "./serve.ts";

/** TorchServe's flags, and ours for its place. */
export interface TorchServeFlags extends StartFlags {
  readonly version?: boolean;
  readonly stop?: boolean;
  readonly start?: boolean;
}

/** Seconds that Kubernetes leaves a pod, less what ending takes. */
const GRACE_SECONDS = 25;

export const TORCHSERVE_VERSION = `TorchServe Version is 0.12.0, in whose place runs ${SOFTWARE.software} ${SOFTWARE.version}`;

const idle = (flags: string): Option => new Option(flags).hideHelp();

const tell = (line: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
};

/** The flags of TorchServe's own command; those that have no meaning here are taken as well. */
export function withTorchServeFlags(command: Command): Command {
  return command
    .option("--model-store <dir>", "folder of the archives, or of models in diffusers layout")
    .option("--ts-config <file>", "TorchServe's config.properties")
    .option("--models <names...>", "archives to load, each FILE or NAME=FILE; all; or none")
    .option("--disable-token-auth", "let in whoever reaches it, without a key")
    .option("--enable-model-api", "let models be registered and removed while it runs")
    .addOption(
      new Option("--kserve-port <port>", "where KServe's wrapper would listen").argParser(port),
    )
    .addOption(new Option("--kserve-grpc-port <port>", "the same for gRPC").argParser(port))
    .addOption(idle("--start"))
    .addOption(idle("--foreground"))
    .addOption(idle("--ncs, --no-config-snapshots"))
    .addOption(idle("--log-config <file>"))
    .addOption(idle("--cpp-log-config <file>"))
    .addOption(idle("--workflow-store <dir>"))
    .addOption(idle("--plugins-path <dir>"));
}

/** Runs in TorchServe's place until it is told to end; then what is drawn is still answered. */
export async function runTorchServe(flags: StartFlags, signal: AbortSignal): Promise<void> {
  outliveReaders();
  const { startTorchServe } = await import("../torchserve/start-torchserve.ts");
  const running = await startTorchServe({ flags, environment: process.env, tell, signal });
  for (const { name, address } of running.listening) tell(`Listening, ${name}: ${address}`);
  running.loaded.catch((error: unknown) => tell(String(error)));
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (!signal.aborted) await stopped;
  const seconds = graceSeconds();
  tell(`Ending: what is being drawn has ${seconds} s; new requests are refused.`);
  await running.drain(seconds * 1000);
  tell("Ended.");
  process.exit(0);
}

function graceSeconds(): number {
  const given = Number(process.env["DARKROOM_GRACE_SECONDS"] ?? GRACE_SECONDS);
  return Number.isFinite(given) && given >= 0 ? given : GRACE_SECONDS;
}
