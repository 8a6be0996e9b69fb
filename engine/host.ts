import { dirname, join } from "node:path";
import { StudioError } from "./contract/errors.ts";
import type { StudioClient } from "./contract/studio-client.ts";
import { openDataFolder } from "./files/data-folder.ts";
import { Ownership } from "./files/ownership.ts";
import { socketPath } from "./files/socket-path.ts";
import { clientOf } from "./server/client-of.ts";
import { followForDesktop } from "./server/desktop-news.ts";
import { HostPipe, type ParentChannel } from "./server/host-pipe.ts";
import { isLoopback } from "./contract/loopback.ts";
import { type FileKey, readKeyFile } from "./server/key-file.ts";
import { openLog, type StudioLog } from "./server/log.ts";
import { OneTimeCodes } from "./server/one-time-codes.ts";
import { pathFinder } from "./server/host-pipe.ts";
import { PictureAddresses } from "./server/picture-addresses.ts";
import { StudioServer, type Keys, type StudioBehind } from "./server/studio-server.ts";
import { StudioSocket } from "./server/studio-socket.ts";
import { Tokens } from "./server/tokens.ts";
import { createStudio } from "./studio/create-studio.ts";
import type { StudioOptions } from "./studio/studio-options.ts";

export interface HostOptions {
  /** If absent, DARKROOM_HOME, or else the platform's usual folder. */
  readonly dataDir?: string | undefined;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Number of ports to try, starting at `port`; 1 if it must be that one. */
  readonly tries?: number;
  /** Names, other than addresses, under which browsers may reach it. */
  readonly names?: readonly string[];
  /** The file with the key; without one, only this machine can connect. */
  readonly keyFile?: string | undefined;
  /** Options of the inference server for this run; if absent, it does not listen until someone starts it. */
  readonly serving?: StudioOptions["serving"];
  /** Whether a picture is about to be requested, so that slow parts are started at once. */
  readonly isAboutToDraw?: boolean;
  /** The pipe to the desktop that started this process. */
  readonly parent?: ParentChannel | undefined;
}

/** A running studio with its listeners. */
export interface Host {
  readonly folder: string;
  readonly origin: string;
  readonly client: StudioClient;
  /** An address with a fresh one-time code. */
  freshAddress(): string;
  /** Resolves when the desktop that started this process is gone; never if none did. */
  readonly abandoned: Promise<void>;
  /** Stops everything within two seconds; the queue is kept. */
  close(): Promise<void>;
}

const PAGES = join(dirname(import.meta.dirname), "dist", "renderer");

/** Opens the studio with all its listeners; if one cannot be opened, none stays open. */
export async function startHost(options: HostOptions): Promise<Host> {
  const pipe = options.parent && new HostPipe(options.parent);
  const undo = new AsyncDisposableStack();
  try {
    return await openListeners(options, pipe, undo);
  } catch (error) {
    await undo.disposeAsync();
    pipe?.failed(error);
    throw error;
  }
}

async function openListeners(
  options: HostOptions,
  pipe: HostPipe | undefined,
  undo: AsyncDisposableStack,
): Promise<Host> {
  const { host, port, tries = 1, names = [] } = options;
  const { key, notices: keyNotices = [] } = await keyFor(options);
  const { folder, ownership } = await ownFolder(options.dataDir, undo);
  const { log, notices } = openLog(folder);
  undo.defer(logUncaughtErrors(log));
  const tokens = await Tokens.open(folder);
  for (const notice of tokens.notices) log.warn(notice);
  if (key !== undefined) tokens.accept(key);
  const keys: Keys = { tokens, codes: new OneTimeCodes(), addresses: new PictureAddresses() };
  const server = await StudioServer.bind({ host, port, tries, names, pages: PAGES, log, ...keys });
  undo.defer(() => server.close());
  const studio = await createStudio({
    dataFolder: folder,
    addressOf: (...picture) => keys.addresses.of(...picture),
    freshAddress: () => server.freshAddress(),
    lentVault: await pipe?.lentVault(),
    logError: (error, doing) => log.error({ err: error, doing }),
    serving: options.serving,
    isAboutToDraw: options.isAboutToDraw,
    // The key to the studio's pages is also a key to the inference server.
    lentKeys: key === undefined ? [] : [{ name: "--key-file", secret: key }],
    notices: () => [...keyNotices, ...ownership.notices, ...tokens.notices, ...notices()],
  });
  undo.defer(() => studio.close());
  // Closed here as well, so that requests end before the studio closes.
  undo.defer(() => server.close());
  await server.serve(studio);
  const path = await socketPath(folder);
  const socket = await StudioSocket.tryOpen(studio, { path, log, addresses: keys.addresses });
  undo.defer(() => socket?.close());
  const client = clientOf(studio.router);
  if (pipe !== undefined) undo.defer(openToDesktop(pipe, { studio, client, server, tokens, log }));
  return {
    folder,
    origin: server.origin,
    client,
    freshAddress: () => server.freshAddress(),
    abandoned: pipe?.closed ?? Promise.withResolvers<void>().promise,
    close: () => undo.disposeAsync(),
  };
}

/** A studio that other machines can reach needs a key, whatever else protects it. */
async function keyFor({ host, keyFile }: HostOptions): Promise<Partial<FileKey>> {
  if (keyFile !== undefined) return readKeyFile(keyFile);
  if (isLoopback(host)) return {};
  const reason = "other computers could reach it; name a file for their key with --key-file";
  throw new StudioError("REQUEST_INVALID", { field: "--host", value: host, reason });
}

async function ownFolder(dataDir: string | undefined, undo: AsyncDisposableStack) {
  const folder = await openDataFolder(dataDir);
  const ownership = await Ownership.take(folder);
  undo.defer(() => ownership.release());
  return { folder, ownership };
}

/**
 * Logs uncaught errors. An error thrown by an event's listener may have interrupted work halfway, so it ends the
 * process, and whatever started the process starts it again. An unhandled rejection does not: the failed work has run
 * its own `finally`, complete files and rows are written by transactions, and nothing is reported as done that was not.
 * Returns a function that stops the logging.
 */
function logUncaughtErrors(log: StudioLog["log"]): () => void {
  const fatal = (error: unknown): void => log.fatal(error);
  const rejected = (error: unknown): void => log.error({ err: error, doing: "unawaited work" });
  process.on("uncaughtExceptionMonitor", fatal).on("unhandledRejection", rejected);
  return () => {
    process.off("uncaughtExceptionMonitor", fatal).off("unhandledRejection", rejected);
  };
}

interface DesktopParts {
  readonly studio: StudioBehind;
  readonly client: StudioClient;
  readonly server: StudioServer;
  readonly tokens: Tokens;
  readonly log: StudioLog["log"];
}

/** Gives the window its token; returns a function that stops sending it news. */
function openToDesktop(pipe: HostPipe, { studio, client, server, tokens, log }: DesktopParts) {
  const news = new AbortController();
  const finder = pathFinder(client, studio.openPicture);
  pipe.ready(server.origin, tokens.issuePassing(), finder);
  const following = followForDesktop(client, {
    tell: (one) => pipe.tell(one),
    logError: (error) => log.error({ err: error, doing: "telling the window" }),
    signal: news.signal,
  });
  return async (): Promise<void> => {
    news.abort();
    await following;
    pipe.close();
  };
}

/** A studio used only by this process, without listeners: for the command line if no host runs. */
export interface OwnStudio extends StudioBehind {
  readonly folder: string;
  readonly client: StudioClient;
  close(): Promise<void>;
}

/** Opens a studio for this process alone. Refuses as ALREADY_RUNNING if another process has the folder. */
export async function openOwnStudio(
  dataDir?: string,
  { drawsAtEndpoints = false }: Pick<StudioOptions, "drawsAtEndpoints"> = {},
): Promise<OwnStudio> {
  const undo = new AsyncDisposableStack();
  try {
    const { folder, ownership } = await ownFolder(dataDir, undo);
    const { log, notices } = openLog(folder);
    undo.defer(logUncaughtErrors(log));
    const studio = await createStudio({
      dataFolder: folder,
      logError: (error, doing) => log.error({ err: error, doing }),
      notices: () => [...ownership.notices, ...notices()],
      isPassive: true,
      drawsAtEndpoints,
      addressOf: (kind, id) => `/pictures/${kind}/${id}`,
      freshAddress: () => {
        throw new StudioError("NOT_RUNNING", { folder });
      },
    });
    undo.defer(() => studio.close());
    const client = clientOf(studio.router);
    return { ...studio, folder, client, close: () => undo.disposeAsync() };
  } catch (error) {
    await undo.disposeAsync();
    throw error;
  }
}
