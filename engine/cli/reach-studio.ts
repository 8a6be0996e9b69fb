import { once } from "node:events";
import { lstat, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Details, StudioError } from "../contract/errors.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { openDataFolder } from "../files/data-folder.ts";
import { socketPath } from "../files/socket-path.ts";
import type { OwnStudio } from "../host.ts";
import type { PictureKind } from "../studio/addresses.ts";
import type { SocketStudio } from "./socket-client.ts";

/** The studio of a data folder: a running one, or one opened for this command only. */
export interface ReachedStudio {
  readonly client: StudioClient;
  /** Whether a host is running, which continues after this command. */
  readonly isRunning: boolean;
  /** The picture at an address. */
  picture(address: string): Promise<Uint8Array>;
  /** The stream at an export's address. */
  stream(address: string): Promise<AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
}

/** A host needs about a second to start listening, and other commands do not take longer. */
const PATIENCE_MS = 10_000;

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

export interface Reaching {
  /** If no host runs: whether endpoints draw this command's requests. */
  readonly drawsAtEndpoints?: boolean;
  /** Called before the studio is closed, also when interrupted. */
  readonly beforeClose?: (studio: ReachedStudio) => Promise<void>;
}

/** Runs work with the studio of a data folder and closes it afterwards, also when interrupted. */
export async function withStudio<T>(
  dataDir: string | undefined,
  work: (studio: ReachedStudio) => Promise<T>,
  { drawsAtEndpoints = false, beforeClose }: Reaching = {},
): Promise<T> {
  const studio = await reachStudio(dataDir, drawsAtEndpoints);
  const interrupted = Promise.withResolvers<never>();
  const interrupt = (): void => {
    interrupted.reject(new DOMException("cancelled", "AbortError"));
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  try {
    return await Promise.race([work(studio), interrupted.promise]);
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
    await beforeClose?.(studio);
    await studio.close();
  }
}

async function reachStudio(
  dataDir: string | undefined,
  drawsAtEndpoints: boolean,
): Promise<ReachedStudio> {
  const socket = await socketPath(await openDataFolder(dataDir));
  const deadline = Date.now() + PATIENCE_MS;
  // Loaded on demand: commands that need only one of them start faster.
  const [{ openOwnStudio }, { socketStudio }] = await Promise.all([
    import("../host.ts"),
    import("./socket-client.ts"),
  ]);
  for (;;) {
    try {
      return alone(await openOwnStudio(dataDir, { drawsAtEndpoints }));
    } catch (error) {
      if (!(error instanceof StudioError && error.code === "ALREADY_RUNNING")) throw error;
      if (await isListening(socket)) return running(socketStudio(socket), error.details);
      if (Date.now() > deadline) throw error;
    }
    await sleep(100);
  }
}

/** A busy host answers within a second or two. */
const ANSWER_MS = 5000;

async function running(studio: SocketStudio, { folder, pid }: Details): Promise<ReachedStudio> {
  if (await studio.answers(ANSWER_MS)) return { ...studio, isRunning: true };
  await studio.close();
  throw new StudioError("STUDIO_SILENT", { folder: folder ?? "", pid: pid ?? "unknown" });
}

function alone(studio: OwnStudio): ReachedStudio {
  return {
    client: studio.client,
    isRunning: false,
    async picture(address) {
      const picture = await studio.openPicture(...placeIn(address));
      if ("stream" in picture) return Buffer.concat(await Array.fromAsync(picture.stream));
      return "path" in picture ? readFile(picture.path) : picture.bytes;
    },
    async stream(address) {
      const found = await studio.openPicture(...placeIn(address));
      if (!("stream" in found)) throw new TypeError("an export is a stream");
      return found.stream;
    },
    close: () => studio.close(),
  };
}

const KINDS: readonly PictureKind[] = ["image", "init-image", "export"];

/** The kind and id in an address such as `/pictures/image/ID?…`. */
function placeIn(address: string): [PictureKind, string] {
  const [, , kind, id = ""] = new URL(address, "http://studio").pathname.split("/");
  return [KINDS.find((one) => one === kind) ?? "image", decodeURIComponent(id)];
}

/** Whether someone answers at the socket, and is this user. */
async function isListening(path: string): Promise<boolean> {
  try {
    if (process.platform !== "win32" && (await lstat(path)).uid !== process.getuid?.())
      return false;
    const socket = connect(path);
    await once(socket, "connect").finally(() => socket.destroy());
    return true;
  } catch {
    return false;
  }
}
