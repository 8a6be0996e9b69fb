import { resolve } from "node:path";
import { Command, Option } from "commander";
import { StudioError } from "../contract/errors.ts";
import { isLoopback } from "../contract/loopback.ts";
import type { Server, TlsFiles } from "../contract/server.ts";
import { PRESETS, type Preset } from "../contract/presets.ts";
import type { Host, HostOptions } from "../host.ts";
import { arePagesBuilt } from "./built-pages.ts";
import { fasterWays } from "./faster-ways.ts";
import { note, outliveReaders, printJson } from "./outcome.ts";
import { port } from "./studio-command.ts";
import { runTorchServe, type TorchServeFlags, withTorchServeFlags } from "./torchserve.ts";

/** The flags of `serve` and of `start`. */
export interface ServeFlags {
  readonly host: string;
  readonly port: number;
  readonly allowHost: readonly string[];
  readonly dataDir?: string;
  readonly keyFile?: string;
  readonly model?: string;
  /** False if the inference server must not listen. */
  readonly endpoint: boolean;
  readonly endpointHost?: string;
  readonly endpointPort?: number;
  readonly grpcPort?: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  readonly preset?: Preset;
  readonly openai?: boolean;
  readonly a1111?: boolean;
  readonly metrics?: boolean;
  readonly json?: boolean;
  /** Set if the window started it: secrets then go over the pipe to it. */
  readonly desktop?: boolean;
}

/** Number of following ports that are tried if another port is acceptable. */
const OTHER_PORTS = 50;

/** A host that does not stop within this time is killed; the queue is always on disk. */
const CLOSE_MS = 4500;

/**
 * `serve`: the studio without a window or, with a model store, a server that replaces TorchServe, until it is stopped.
 */
export function serveCommand(signal: AbortSignal): Command {
  return withTorchServeFlags(withServeFlags(new Command("serve")))
    .description(
      "Starts the studio for a browser, prints its address, and runs until it is stopped.",
    )
    .addOption(new Option("--desktop").hideHelp())
    .action(async (flags: ServeFlags & TorchServeFlags) => {
      const isInItsPlace = flags.modelStore !== undefined || flags.tsConfig !== undefined;
      if (isInItsPlace) return runTorchServe(flags, signal);
      const parent = flags.desktop === true ? process : undefined;
      // A window cannot show why it did not open, so it takes free ports and reports inside.
      const options = hostOptions(flags, { takesOthers: flags.desktop === true });
      const host = await openHost({ ...options, parent });
      await useModel(host, flags, signal);
      if (!(await arePagesBuilt())) note(new StudioError("INTERFACE_MISSING").message);
      if (parent === undefined) {
        await announce(host, flags);
        tellFasterPresets(host).catch(() => undefined);
      }
      await untilStopped(host, signal);
    });
}

/** Starts the host. Its code is loaded only then, so that other commands start faster. */
export async function openHost(options: HostOptions): Promise<Host> {
  outliveReaders();
  const { startHost } = await import("../host.ts");
  return startHost(options);
}

/** The flags that `serve` and `start` share. */
export function withServeFlags(command: Command): Command {
  return command
    .option("--host <host>", "address to listen on", "127.0.0.1")
    .option("--port <port>", "port of Darkroom's pages; 0 uses any free port", port, 7860)
    .option(
      "--allow-host <name>",
      "another name of this computer that browsers may use; may be repeated",
      (name: string, names: readonly string[]) => [...names, name],
      [],
    )
    .option(
      "--data-dir <dir>",
      "Darkroom's data folder (default: DARKROOM_HOME, or the platform's usual place)",
    )
    .option(
      "--key-file <file>",
      "the key that other computers need, required for a --host that they can reach: one line of at least 32 letters and digits, closed to other users (chmod 600); a missing file is made with a new key",
    )
    .option(
      "--model <folder>",
      "the model to draw with: a folder, an archive, or its id in the store",
    )
    .option("--json", "the address as a JSON object")
    .option("--no-endpoint", "no inference server until it is started on its page")
    .option("--endpoint-host <host>", "address of the inference server, for this run")
    .option(
      "--endpoint-port <port>",
      "port of the inference server, for this run; 0 uses any free port",
      port,
    )
    .option(
      "--grpc-port <port>",
      "also offer gRPC on this port, for this run; 0 uses any free port",
      port,
    )
    .option("--a1111", "answer the API of A1111's web UI, too, for this run")
    .option("--openai", "answer OpenAI's images API, too, for this run")
    .option("--metrics", "let /metrics be read without a key, for this run")
    .option("--tls-cert <file>", "PEM certificate with which the inference server encrypts")
    .option("--tls-key <file>", "its private key; both are read again as they change")
    .option("--tls-ca <file>", "the CA certificate, if it is a separate file")
    .addOption(
      new Option("--preset <name>", "preset for requests that name none, for this run").choices(
        PRESETS,
      ),
    );
}

/** With `takesOthers` the next free ports are acceptable, and the studio opens even without its inference server. */
export function hostOptions(flags: ServeFlags, { takesOthers }: { takesOthers: boolean }) {
  const { host, port, allowHost, dataDir, keyFile, preset } = flags;
  const { endpoint, endpointHost, endpointPort, grpcPort, openai, a1111, metrics } = flags;
  const tries = takesOthers ? OTHER_PORTS : 1;
  const serving = {
    isOff: !endpoint,
    host: endpointHost,
    port: endpointPort,
    grpcPort,
    isOpenaiOn: openai,
    isA1111On: a1111,
    isMetricsOpen: metrics,
    tls: tlsOf(flags),
    tries,
    isRequired: !takesOthers,
    preset,
  };
  const isAboutToDraw = flags.model !== undefined;
  return { host, port, names: allowHost, dataDir, keyFile, tries, serving, isAboutToDraw };
}

/** The files of a certificate from flags, of which the first two are required together. */
function tlsOf({ tlsCert, tlsKey, tlsCa }: ServeFlags): TlsFiles | undefined {
  if (tlsCert !== undefined && tlsKey !== undefined) {
    const ca = tlsCa === undefined ? {} : { ca: resolve(tlsCa) };
    return { cert: resolve(tlsCert), key: resolve(tlsKey), ...ca };
  }
  const given = Object.entries({ tlsCert, tlsKey, tlsCa }).find(([, file]) => file !== undefined);
  if (given === undefined) return undefined;
  throw new StudioError("REQUEST_INVALID", {
    field: "TLS",
    value: String(given[1]),
    reason: "--tls-cert and --tls-key are needed together",
  });
}

/** Draws with the given model from now on. */
export async function useModel(
  host: Host,
  { model }: ServeFlags,
  signal: AbortSignal,
): Promise<void> {
  if (model === undefined) return;
  const { chooseModel } = await import("./serve-model.ts");
  await chooseModel(host.client, { model, signal }).catch(async (error: unknown) => {
    await host.close();
    throw error;
  });
}

type AnnouncedFlags = Pick<ServeFlags, "json" | "port" | "endpointHost">;

/** Prints the studio's address and what it found damaged; the code in it works once. */
export async function announce(
  host: Host,
  { json: isJson = false, port: wanted, endpointHost }: AnnouncedFlags,
): Promise<void> {
  const { notices } = await host.client.machine.get();
  for (const { text } of notices) note(text);
  const url = host.freshAddress();
  const port = Number(new URL(url).port || 80);
  if (wanted !== 0 && port !== wanted) {
    note(`Port ${wanted} is not available; the studio uses port ${port}.`);
  }
  const server = await host.client.server.get();
  if (!isJson) noteListeners(server, endpointHost ?? server.settings.host);
  noteSilent(server);
  const { origin, grpcTarget } = server;
  if (isJson) {
    const addresses = { url, endpoint: origin ?? null, grpc: grpcTarget ?? null };
    printJson({ type: "ready", ...addresses, pid: process.pid });
  } else process.stdout.write(`${url}\n`);
}

/** Says why the inference server does not listen where it should. */
function noteSilent({ error, grpcError }: Server): void {
  if (error !== undefined) note(`The inference server does not listen. ${error.message}`);
  if (grpcError !== undefined) note(`It does not answer gRPC. ${grpcError.message}`);
}

/** Says where the inference server listens; `bound` is its address. */
function noteListeners({ origin, grpcTarget, tls }: Server, bound: string): void {
  const open = isLoopback(bound) ? "" : ", open to other computers";
  if (origin !== undefined) note(`The inference server listens on ${origin}${open}.`);
  for (const warning of tls?.warnings ?? []) note(warning);
  if (grpcTarget !== undefined) note(`It answers gRPC on ${grpcTarget}.`);
}

/**
 * If the inference server uses Exact and that takes long, says how long other presets would take. The devices are
 * probed first.
 */
async function tellFasterPresets({ client }: Host): Promise<void> {
  const { settings, state } = await client.server.get();
  if (state !== "running" || settings.preset !== "exact") return;
  await client.devices.list({});
  const secondsBy = async (preset: Preset): Promise<number> =>
    (await client.generation.estimate({ prompt: "", preset })).seconds;
  const ways = fasterWays({
    exact: await secondsBy("exact"),
    balanced: await secondsBy("balanced"),
    fast: await secondsBy("fast"),
  });
  if (ways !== undefined) note(`${ways} Requests that name no preset are drawn as exact.`);
}

/** Runs until a signal arrives or the window closes; ends within five seconds. */
export async function untilStopped(host: Host, signal: AbortSignal): Promise<void> {
  const stopped = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => stopped.resolve(), { once: true });
  if (!signal.aborted) await Promise.race([stopped.promise, host.abandoned]);
  // Ends the process even if something would keep it running.
  setTimeout(() => process.exit(0), CLOSE_MS).unref();
  await host.close();
}
