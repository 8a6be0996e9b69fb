import { spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, fetch } from "undici";
import { parseAllDocuments } from "yaml";
import { programOf } from "./go-program.ts";
import { freePorts } from "./torchserve.ts";

const STARTING_MS = 180_000;
export const TOKEN = "ADMIN_TOKEN";
/** The log of both processes. */
const LOG = "kubernetes.log";

/** A Kubernetes object, with the fields that determine its place in the API. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export interface ApiReply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The objects in a text with one or more YAML documents. */
export function manifestsIn(text: string): readonly Manifest[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** Kubernetes' own API server over etcd, with no controllers or nodes. */
export class KubernetesApi {
  readonly #processes: readonly ChildProcess[];
  readonly #folder: string;
  readonly #dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  readonly #kinds = new Map<string, Resource>();
  readonly address: string;
  /** Token of a user with all permissions. */
  readonly token = TOKEN;

  private constructor(processes: readonly ChildProcess[], folder: string, port: number) {
    this.#processes = processes;
    this.#folder = folder;
    this.address = `https://127.0.0.1:${port}`;
  }

  static async start(): Promise<KubernetesApi> {
    const folder = mkdtempSync(join(tmpdir(), "darkroom-kubernetes-"));
    const [web = 0, client, peer] = await freePorts(3);
    const [clients, peers] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
    const keys = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    const put = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    const signing = put("sa.key", keys.privateKey);
    const checking = put("sa.pub", keys.publicKey);
    const tokens = put("tokens.csv", `${TOKEN},admin,1,"system:masters"\n`);
    const etcd = launch(folder, ["etcd"], {
      "data-dir": join(folder, "etcd"),
      "unsafe-no-fsync": "true",
      "listen-client-urls": clients,
      "advertise-client-urls": clients,
      "listen-peer-urls": peers,
      "initial-advertise-peer-urls": peers,
      "initial-cluster": `default=${peers}`,
    });
    const server = launch(folder, [], {
      "etcd-servers": clients,
      "bind-address": "127.0.0.1",
      "secure-port": String(web),
      "cert-dir": join(folder, "certs"),
      "service-cluster-ip-range": "10.96.0.0/24",
      "service-account-issuer": "https://kubernetes.default.svc",
      "service-account-signing-key-file": signing,
      "service-account-key-file": checking,
      "token-auth-file": tokens,
      "authorization-mode": "RBAC",
      "disable-admission-plugins": "ServiceAccount",
    });
    const api = new KubernetesApi([server, etcd], folder, web);
    try {
      await api.#ready();
    } catch (error) {
      await api.stop();
      throw error;
    }
    return api;
  }

  async #ready(): Promise<void> {
    const end = performance.now() + STARTING_MS;
    for (;;) {
      const reply = await this.ask("GET", "/readyz").catch(() => undefined);
      if (reply?.status === 200) return;
      const dead = this.#processes.find(({ exitCode }) => exitCode !== null);
      if (dead !== undefined || performance.now() > end) {
        const log = readFileSync(join(this.#folder, LOG), "utf8");
        throw new Error(`the API server is not ready: ${log.slice(-2000)}`);
      }
      await sleep(200);
    }
  }

  async ask(
    method: string,
    path: string,
    { body, type = "application/json" }: { readonly body?: string; readonly type?: string } = {},
  ): Promise<ApiReply> {
    const reply = await fetch(`${this.address}${path}`, {
      method,
      dispatcher: this.#dispatcher,
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": type },
      ...(body !== undefined && { body }),
    });
    const text = await reply.text();
    const json = text.startsWith("{") ? (JSON.parse(text) as ApiReply["body"]) : { message: text };
    return { status: reply.status, body: json };
  }

  /** Server-side apply, which refuses fields that are not in a schema. */
  async apply(manifest: Manifest, options: Readonly<Record<string, string>> = {}) {
    const query = new URLSearchParams({
      fieldManager: "darkroom",
      fieldValidation: "Strict",
      ...options,
    });
    return this.ask("PATCH", `${await this.pathOf(manifest)}?${query}`, {
      type: "application/apply-patch+yaml",
      body: JSON.stringify(manifest),
    });
  }

  /** An object's path in the API, according to the API's own list of kinds. */
  async pathOf({ apiVersion, kind, metadata }: Manifest): Promise<string> {
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const key = `${root} ${kind}`;
    if (!this.#kinds.has(key)) {
      const { body } = await this.ask("GET", root);
      const resources = (body["resources"] ?? []) as readonly Resource[];
      for (const one of resources) {
        if (!one.name.includes("/")) this.#kinds.set(`${root} ${one.kind}`, one);
      }
    }
    const found = this.#kinds.get(key);
    if (found === undefined) throw new Error(`the API has no ${kind} of ${apiVersion}`);
    const place = found.namespaced ? `/namespaces/${metadata.namespace ?? "default"}` : "";
    return `${root}${place}/${found.name}/${metadata.name}`;
  }

  async stop(): Promise<void> {
    for (const process of this.#processes) {
      const isOver = process.exitCode !== null || process.signalCode !== null;
      const ended = isOver ? undefined : once(process, "close");
      process.kill("SIGKILL");
      await ended;
    }
    await this.#dispatcher.close();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

function launch(
  folder: string,
  command: readonly string[],
  flags: Readonly<Record<string, string>>,
): ChildProcess {
  const log = openSync(join(folder, LOG), "a");
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const started = spawn(programOf("kube-apiserver"), [...command, ...args], {
    cwd: folder,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  process.once("exit", () => started.kill("SIGKILL"));
  return started;
}
