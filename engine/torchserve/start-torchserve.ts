import { setTimeout as sleep } from "node:timers/promises";
import { toWire } from "../contract/errors.ts";
import { DEVICE_NAMES } from "../contract/devices.ts";
import { type ServedRequest, serverSettingsSchema } from "../contract/server.ts";
import { drawableFolder } from "../drawing/unpacked-archive.ts";
import { AdmissionQueue } from "../serving/admission-queue.ts";
import type { Access } from "../serving/listener-gate.ts";
import { quietLog } from "../serving/quiet-log.ts";
import { RequestLog } from "../serving/request-log.ts";
import { ServingMetrics } from "../serving/metrics/serving-metrics.ts";
import { whyNotReady } from "../serving/routes/served-model.ts";
import { WatchedEngine } from "../serving/watched-engine.ts";
import { writableCache } from "../store/cache-folder.ts";
import { ArchiveEngine, SMALLEST } from "./archive-engine.ts";
import { type Listening, openListeners } from "./listeners.ts";
import { ModelManagement } from "./management.ts";
import { ModelTable } from "./model-table.ts";
import { mountedFiles, placeOf, registeredAtStart, storeWithModels } from "./mounted-files.ts";
import type { ModelName } from "../serving/picture-engine.ts";
import type { Environment, StartFlags } from "./start-flags.ts";
import { TokenFile } from "./token-file.ts";
import { type LoadTries, type StartSettings, startSettings } from "./start-settings.ts";

export interface TorchServeOptions {
  readonly flags: StartFlags;
  readonly environment: Environment;
  /** A line for the log. */
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A running server in place of TorchServe. */
export interface RunningTorchServe {
  readonly listening: readonly Listening[];
  /** Resolves when every model of the start is ready or has been given up. */
  readonly loaded: Promise<void>;
  /** Accepts no more requests, waits at most `graceMs` for the present ones, and closes everything. */
  drain(graceMs: number): Promise<void>;
}

const POLL_MS = 100;

/** Listens at once, and loads its models in the background; each is reported as not ready until it is loaded. */
export async function startTorchServe(options: TorchServeOptions): Promise<RunningTorchServe> {
  const undo = new AsyncDisposableStack();
  try {
    return await start(options, undo);
  } catch (error) {
    await undo.disposeAsync();
    throw error;
  }
}

async function start(options: TorchServeOptions, undo: AsyncDisposableStack) {
  const { flags, environment, tell } = options;
  const { store, config, place } = await mountedFiles(flags, environment);
  const settings = startSettings(flags, config, environment);
  for (const note of [`Configuration: ${place}.`, ...settings.notes]) tell(note);
  const modelStore = await storeWithModels(store ?? settings.modelStore ?? ".", tell);
  const metrics: ServingMetrics = metricsOf(() => ({ admission, engine, drawing }));
  const registry = (): ModelManagement => management;
  const made = { ...options, settings, modelStore, registry };
  const { table, drawing, device } = await openEngine(made, undo);
  const engine: WatchedEngine = new WatchedEngine(drawing, undefined, metrics);
  const tokens = await openTokens(settings, tell);
  undo.defer(() => tokens?.remove());
  const access = accessOf(settings, tokens);
  const admission: AdmissionQueue = new AdmissionQueue({
    engine,
    settings: () => access.settings(),
  });
  undo.defer(() => admission.close());
  const requests = new RequestLog((rows) => rows.flatMap(accessLine).forEach(tell));
  undo.defer(() => requests.close());
  const logError = (error: unknown, doing: string): void => tell(`${doing}: ${wordsOf(error)}`);
  const registrations = await registeredAtStart(settings, modelStore, tell);
  for (const registration of registrations) table.add(registration);
  const waiting = () => {
    const count = admission.waiting;
    return { count, left: Math.max(0, settings.queueLength - count) };
  };
  const managed = { ...settings, table, engine, modelStore, waiting, device, logError };
  const management: ModelManagement = new ModelManagement(managed);
  const serving = {
    access,
    engine,
    admission,
    requests,
    metrics,
    log: quietLog(logError),
    management,
    tokens,
    limits: settings,
  };
  const listening = await openListeners(settings, serving, undo);
  const names = table.list().map(({ name, version }) => `${name} ${version}`);
  tell(names.length === 0 ? "No model to load at the start." : `Models: ${names.join(", ")}.`);
  return {
    listening,
    loaded: loadAll(table, settings, options),
    drain: async (graceMs: number) => {
      table.close();
      await idle(admission, graceMs);
      await undo.disposeAsync();
    },
  };
}

interface Measured {
  readonly admission: AdmissionQueue;
  readonly engine: WatchedEngine;
  readonly drawing: ArchiveEngine;
}

function metricsOf(parts: () => Measured): ServingMetrics {
  return new ServingMetrics({
    waiting: () => parts().admission.waiting,
    isDrawing: () => parts().admission.isDrawing,
    isReady: async () => whyNotReady(await parts().engine.models()) === undefined,
    inferenceBytes: () => parts().drawing.inferenceBytes(),
  });
}

interface EngineOptions extends TorchServeOptions {
  readonly settings: StartSettings;
  readonly modelStore: string;
  readonly registry: () => ModelManagement;
}

/** The table of models, and the engine that draws with them. */
async function openEngine(options: EngineOptions, undo: AsyncDisposableStack) {
  const { settings, modelStore, registry, environment, tell, signal } = options;
  const caches = await writableCache(tell);
  const table: ModelTable = new ModelTable(async (registration, read) => {
    const place = await placeOf(registration, modelStore);
    const folder = await drawableFolder(place, { cacheFolder: caches, signal });
    read({ folder, summary: await drawing.summaryOf(folder) });
    await drawing.tryOut(registration, SMALLEST, signal);
  });
  const named = DEVICE_NAMES.find((name) => name === environment["DARKROOM_DEVICE"]) ?? "auto";
  const drawing: ArchiveEngine = new ArchiveEngine({
    table: () => table,
    registry,
    device: settings.usesGpu ? named : "cpu",
    preset: settings.preset,
    cacheFolder: caches,
    tell,
  });
  undo.defer(() => drawing.close());
  return { table, drawing, device: () => drawing.provider };
}

/** A line for a request that has ended, as in TorchServe's access log. */
function accessLine({ state, client, method, path, status, ms }: ServedRequest): readonly string[] {
  if (state !== "answered" && state !== "gone") return [];
  const what = JSON.stringify(`${method} ${path}`);
  return [`${client} ${what} ${status ?? state} ${ms ?? 0} ms`];
}

/** Resolves when nothing is being drawn or waiting, or after `graceMs`. */
async function idle(admission: AdmissionQueue, graceMs: number): Promise<void> {
  const end = performance.now() + graceMs;
  while ((admission.isDrawing || admission.waiting > 0) && performance.now() < end) {
    await sleep(POLL_MS);
  }
}

/** The file of this server's keys; undefined if none are required. */
async function openTokens(
  { isOpen, tokenMinutes: minutes }: StartSettings,
  tell: (line: string) => void,
): Promise<TokenFile | undefined> {
  if (isOpen) return undefined;
  const tokens = await TokenFile.open({ minutes });
  tell(`Keys for its clients are in ${tokens.path}; --disable-token-auth needs none.`);
  return tokens;
}

/** Who may use the server: everyone, or clients with a key from TorchServe's key file. */
function accessOf(settings: StartSettings, tokens: TokenFile | undefined): Access {
  const chosen = serverSettingsSchema.parse({ isSeedProfile: true, preset: settings.preset });
  const { queueLength, origins } = settings;
  const all = { ...chosen, queueLength, origins: [...origins] };
  return {
    settings: () => all,
    hasKeys: tokens !== undefined,
    callerOf: (secret) => tokens?.callerOf(secret),
    reach: settings.isOpen ? "open" : "keyed",
  };
}

/** Loads the models of the start one after another, each tried as many times as KServe's wrapper would. */
async function loadAll(
  table: ModelTable,
  { load }: StartSettings,
  options: Pick<TorchServeOptions, "tell" | "signal">,
): Promise<void> {
  for (const model of table.list()) await loadPatiently(table, model, { ...load, ...options });
}

async function loadPatiently(
  table: ModelTable,
  model: ModelName,
  { tries, delaySeconds, tell, signal }: LoadTries & Pick<TorchServeOptions, "tell" | "signal">,
): Promise<void> {
  const { name, version } = model;
  for (let count = 1; count <= tries; count++) {
    tell(`Loading ${name} .. ${count} of ${tries} tries..`);
    const error = await table.load(model).catch((reason: unknown) => reason);
    if (signal.aborted) return;
    if (error === undefined) {
      tell(`${name} ${version} is ready.`);
      return;
    }
    tell(`${name} ${version} could not be loaded. ${wordsOf(error)}`);
    if (count < tries)
      await sleep(delaySeconds * 1000, undefined, { signal }).catch(() => undefined);
  }
  tell(`${name} ${version} could not be loaded after ${tries} tries.`);
}

function wordsOf(error: unknown): string {
  const { code, message } = toWire(error);
  return code === "INTERNAL" && error instanceof Error
    ? (error.stack ?? message)
    : `${message} (${code})`;
}
