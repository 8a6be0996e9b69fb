import { once } from "node:events";
import { chmod, rm } from "node:fs/promises";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { isDiskFull } from "../files/system-error.ts";
import { closeListener } from "../http/listener.ts";
import type { PictureAddresses } from "./picture-addresses.ts";
import { picturesRoute } from "./pictures-route.ts";
import { rpcRoute } from "./rpc-route.ts";
import { studioListener } from "./studio-listener.ts";
import type { StudioBehind } from "./studio-server.ts";

export interface SocketOptions {
  readonly path: string;
  readonly addresses: PictureAddresses;
  readonly log: FastifyBaseLogger;
}

/**
 * The contract for the command line, over a socket in the data folder. The file's mode protects it: only this user can
 * open it. Only the folder's owner may create it, since it removes the socket that a killed owner left.
 */
export class StudioSocket {
  readonly #app: FastifyInstance;

  private constructor(app: FastifyInstance) {
    this.#app = app;
  }

  /** As `open`; undefined if the disk is full: the studio's pages do not need it. */
  static async tryOpen(
    studio: StudioBehind,
    options: SocketOptions,
  ): Promise<StudioSocket | undefined> {
    try {
      return await StudioSocket.open(studio, options);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      options.log.warn("The disk is full, so the command line cannot reach this studio.");
      return undefined;
    }
  }

  static async open(
    studio: StudioBehind,
    { path, addresses, log }: SocketOptions,
  ): Promise<StudioSocket> {
    const app = studioListener({ reject: () => undefined, log });
    rpcRoute(app, studio.router);
    picturesRoute(app, addresses, studio.openPicture);
    await app.ready();
    const isFile = process.platform !== "win32";
    if (isFile) await rm(path, { force: true });
    app.server.listen(path);
    await once(app.server, "listening");
    if (isFile) await chmod(path, 0o600);
    return new StudioSocket(app);
  }

  async close(): Promise<void> {
    await closeListener(this.#app);
  }
}
