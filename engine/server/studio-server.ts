import type { AnyRouter } from "@orpc/server";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { z } from "zod";
import type { OneTimeCodes } from "./one-time-codes.ts";
import type { PictureAddresses } from "./picture-addresses.ts";
import type { Rejection } from "../http/replies.ts";
import type { Tokens } from "./tokens.ts";
import { StudioError } from "../contract/errors.ts";
import { bind, type Place } from "../http/bind.ts";
import { closeListener } from "../http/listener.ts";
import { hostsOf, originOf } from "../http/hosts.ts";
import { pagesRoute } from "./pages-route.ts";
import { picturesRoute, type OpenPicture } from "./pictures-route.ts";
import { rejectionOf, SESSION_PATH } from "./gate.ts";
import { rpcRoute } from "./rpc-route.ts";
import { studioListener } from "./studio-listener.ts";

/** What a studio provides for its listeners. */
export interface StudioBehind {
  readonly router: AnyRouter;
  readonly openPicture: OpenPicture;
}

/** What all listeners of a host share. */
export interface Keys {
  readonly codes: OneTimeCodes;
  readonly tokens: Tokens;
  readonly addresses: PictureAddresses;
}

export interface ServerOptions extends Place, Keys {
  /** Additional host names under which browsers can reach it. */
  readonly names: readonly string[];
  /** Folder of the built renderer. */
  readonly pages: string;
  readonly log: FastifyBaseLogger;
}

const STARTING: Rejection = {
  status: 503,
  error: new StudioError("ADDRESS_REFUSED", { reason: "it is still starting" }),
};

/**
 * The studio's pages, contract and pictures over HTTP. It binds its port before the studio is opened, so that a port in
 * use is reported before anything else happens.
 */
export class StudioServer {
  readonly #app: FastifyInstance;
  readonly #options: ServerOptions;
  readonly #open: () => void;
  /** Such as `http://127.0.0.1:7860`. */
  readonly origin: string;

  private constructor(
    app: FastifyInstance,
    { options, port, open }: { options: ServerOptions; port: number; open: () => void },
  ) {
    this.#app = app;
    this.#options = options;
    this.#open = open;
    this.origin = originOf(options.host, port);
  }

  static async bind(options: ServerOptions): Promise<StudioServer> {
    const { tokens, host, names, log } = options;
    let gate: Parameters<typeof rejectionOf>[1] | undefined;
    const app = studioListener({
      reject: (request) => (gate === undefined ? STARTING : rejectionOf(request, gate)),
      log,
    });
    const port = await bind(app.server, options);
    const knowsToken = (token: string): boolean => tokens.knows(token);
    const open = (): void => {
      gate = { hosts: hostsOf(host, port, names), knowsToken };
    };
    return new StudioServer(app, { options, port, open });
  }

  /** Starts answering requests. */
  async serve({ router, openPicture }: StudioBehind): Promise<void> {
    const { codes, tokens, addresses, pages } = this.#options;
    sessionRoute(this.#app, codes, tokens);
    rpcRoute(this.#app, router);
    picturesRoute(this.#app, addresses, openPicture);
    await pagesRoute(this.#app, pages);
    await this.#app.ready();
    this.#open();
  }

  /** An address with a new code, for a person to open. */
  freshAddress(): string {
    return `${this.origin}/#code=${this.#options.codes.issue()}`;
  }

  async close(): Promise<void> {
    await closeListener(this.#app);
  }
}

const bodySchema = z.object({ code: z.string().max(200) });

/** `POST /session`: exchanges a one-time code for a token. */
function sessionRoute(app: FastifyInstance, codes: OneTimeCodes, tokens: Tokens): void {
  app.post(SESSION_PATH, { bodyLimit: 4096 }, async ({ body }, reply) => {
    const { data } = bodySchema.safeParse(body);
    if (data === undefined || !codes.redeem(data.code)) {
      const reason = "its code is wrong, was used already, or is older than ten minutes";
      throw new StudioError("TOKEN_REFUSED", { reason });
    }
    return reply.header("cache-control", "no-store").send({ token: await tokens.issue() });
  });
}
