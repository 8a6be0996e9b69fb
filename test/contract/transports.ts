import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createORPCClient, onError } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import { socketStudio } from "../../engine/cli/socket-client.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import { socketPath } from "../../engine/files/socket-path.ts";
import { startHost, type Host } from "../../engine/host.ts";
import { clientOf } from "../../engine/server/client-of.ts";
import { PICTURE_KINDS } from "../../engine/server/picture-addresses.ts";
import { createStudio } from "../../engine/studio/create-studio.ts";
import { asFailure } from "../../renderer/connection/failure.ts";
import { tokenFor } from "../fakes/enter-studio.ts";

/** A studio that is reached in one way. Its client rejects with StudioErrors. */
export interface ReachedStudio {
  readonly client: StudioClient;
  /** The bytes at a picture's address. */
  picture(address: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A way to reach a studio. */
export interface Transport {
  readonly name: string;
  /** Opens the studio of a data folder. */
  open(dataFolder: string): Promise<ReachedStudio>;
}

// Folder for preview maps and other caches, instead of the user's own; shared by all files of this worker.
const caches = mkdtempSync(join(tmpdir(), "darkroom-test-"));
process.env["XDG_CACHE_HOME"] = caches;
process.once("exit", () => rmSync(caches, { recursive: true, force: true }));

const inProcess: Transport = {
  name: "in process",
  async open(dataFolder) {
    const mistakes: unknown[] = [];
    const studio = await createStudio({
      dataFolder,
      addressOf: (kind, id, version = 0) => `/pictures/${kind}/${id}?version=${version}`,
      freshAddress: () => "http://studio.invalid/#code=once",
      logError: (error) => mistakes.push(error),
    });
    return {
      client: clientOf(studio.router),
      async picture(address) {
        const [, , name, id = ""] = new URL(address, "http://studio.invalid").pathname.split("/");
        const kind = PICTURE_KINDS.find((known) => known === name) ?? "image";
        const opened = await studio.openPicture(kind, id);
        if ("stream" in opened) return Buffer.concat(await Array.fromAsync(opened.stream));
        return "bytes" in opened ? opened.bytes : readFile(opened.path);
      },
      async close() {
        await studio.close();
        if (mistakes.length > 0) throw new AggregateError(mistakes, "the studio made mistakes");
      },
    };
  },
};

function openHost(dataDir: string): Promise<Host> {
  return startHost({ dataDir, host: "127.0.0.1", port: 0 });
}

/** The way in which the pages reach it. */
export const http: Transport = {
  name: "HTTP",
  async open(dataFolder) {
    const host = await openHost(dataFolder);
    const token = await tokenFor(host.freshAddress());
    const link = new RPCLink({
      url: `${host.origin}/rpc`,
      headers: { authorization: `Bearer ${token}` },
      interceptors: [
        onError((error) => {
          throw asFailure(error);
        }),
      ],
    });
    return {
      client: createORPCClient(link),
      picture: async (address) => (await fetch(new URL(address, host.origin))).bytes(),
      close: () => host.close(),
    };
  },
};

const socket: Transport = {
  name: "the host's socket",
  async open(dataFolder) {
    const host = await openHost(dataFolder);
    const reached = socketStudio(await socketPath(host.folder));
    return {
      client: reached.client,
      picture: (address) => reached.picture(address),
      async close() {
        await reached.close();
        await host.close();
      },
    };
  },
};

/** The transports that the current vitest project names; the suite runs over each. */
const wanted = process.env["DARKROOM_TEST_TRANSPORTS"]?.split(", ");
export const TRANSPORTS: readonly Transport[] = [inProcess, http, socket].filter(
  ({ name }) => wanted?.includes(name) ?? true,
);
