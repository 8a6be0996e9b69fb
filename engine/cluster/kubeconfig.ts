import { open } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import type { KubeContext } from "../contract/clusters.ts";
import { StudioError } from "../contract/errors.ts";
import { isAbsent, systemCode } from "../files/system-error.ts";
import { fieldOf } from "../deploy/waiting/observed.ts";
import type { Trust } from "../network/trust.ts";
import { readAddress } from "./api-address.ts";

/** Everything needed to use a cluster's API. */
export interface ClusterAccess extends Trust {
  /** Scheme, host, port and optionally a path, without a trailing slash. */
  readonly address: string;
  readonly namespace: string | undefined;
  /** Credentials besides a client certificate: secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** The name that the certificate must have, if it is not the host's. */
  readonly serverName?: string | undefined;
}

/** kubectl writes a few kilobytes. */
const MAX_BYTES = 1 << 20;

/** What `kubectl` would read: the files in KUBECONFIG, otherwise the user's own. */
export function defaultPath({ KUBECONFIG = "" }: Readonly<Record<string, string | undefined>>) {
  return KUBECONFIG === "" ? join(homedir(), ".kube", "config") : KUBECONFIG;
}

/** The contexts in a kubeconfig. Refuses as CLUSTER_KUBECONFIG_UNREADABLE. */
export async function contextsOf(path: string): Promise<{
  readonly path: string;
  readonly current?: string;
  readonly contexts: KubeContext[];
}> {
  const config = await load(path);
  const current: unknown = config.getCurrentContext();
  return {
    path,
    ...(typeof current === "string" && current !== "" && { current }),
    contexts: config.getContexts().map((context) => {
      const { name, namespace, user } = context;
      const address = config.getCluster(context.cluster)?.server;
      const fault = faultOf(config, name);
      return {
        name,
        ...(typeof address === "string" && { address }),
        ...(typeof namespace === "string" && { namespace }),
        ...(typeof user === "string" && { user }),
        ...(fault !== undefined && { fault }),
      };
    }),
  };
}

/** The name of a context: the requested one, otherwise the file's current one. */
export async function chosenContext(path: string, wanted: string | undefined): Promise<string> {
  const { current, contexts } = await contextsOf(path);
  const name = wanted ?? current ?? (contexts.length === 1 ? contexts[0]?.name : undefined);
  if (name === undefined) throw unreadable(path, "it names no current context; choose one");
  const found = contexts.find((context) => context.name === name);
  if (found === undefined) throw unreadable(path, `it has no context called ${name}`);
  if (found.fault !== undefined) throw unreadable(path, `in the context ${name}, ${found.fault}`);
  return name;
}

/** How to reach a context's cluster, including secrets. */
export async function accessOf(path: string, wanted: string): Promise<ClusterAccess> {
  const config = await load(path);
  const context = await chosenContext(path, wanted);
  config.setCurrentContext(context);
  return signedIn(config, path);
}

const PASTED = "the pasted text";

/**
 * The same for the current context of a pasted, already parsed kubeconfig. Its author could name any file on this
 * machine, so no files are read: the library would read a token file while loading.
 */
export async function accessIn(parsed: unknown): Promise<ClusterAccess> {
  const { KubeConfig: Config } = await import("@kubernetes/client-node");
  const config = new Config();
  if (namesTokenFile(parsed)) throw unreadable(PASTED, FILES);
  try {
    config.loadFromString(JSON.stringify(parsed), { onInvalidEntry: "filter" });
  } catch {
    // The library's message quotes the text, which contains tokens.
    throw unreadable(PASTED, "it is not a kubeconfig");
  }
  const name: unknown = config.getCurrentContext();
  if (typeof name !== "string" || config.getContextObject(name) === null) {
    throw unreadable(PASTED, "it names no current context");
  }
  const fault = faultOf(config, name) ?? fileIn(config);
  if (fault !== undefined) throw unreadable(PASTED, `in the context ${name}, ${fault}`);
  return signedIn(config, PASTED);
}

const FILES =
  "the credentials are in files of their own; `kubectl config view --flatten --minify --raw` puts them in";

function namesTokenFile(parsed: unknown): boolean {
  const users = fieldOf(parsed, "users");
  if (!Array.isArray(users)) return false;
  return users.some((entry) =>
    ["token-file", "tokenFile"].some((key) => fieldOf(entry, "user", key)),
  );
}

function fileIn(config: KubeConfig): string | undefined {
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
  const names = [cluster?.caFile, user?.certFile, user?.keyFile];
  return names.every((name) => name === undefined || name === "") ? undefined : FILES;
}

async function signedIn(config: KubeConfig, path: string): Promise<ClusterAccess> {
  const options: HttpsOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    // Files that it refers to: an authority, a certificate, a key.
    throw unreadable(path, systemCode(error) ?? "its credentials cannot be read", error);
  }
  const { cert, key, ca, servername, rejectUnauthorized, headers, auth } = options;
  const basic =
    auth === undefined ? {} : { authorization: `Basic ${Buffer.from(auth).toString("base64")}` };
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace;
  return {
    address: readAddress(config.getCurrentCluster()?.server ?? ""),
    namespace: namespace === "" ? undefined : namespace,
    ca: ca === undefined ? null : String(ca),
    isInsecure: rejectUnauthorized === false,
    headers: { ...basic, ...headers },
    ...(cert !== undefined && key !== undefined
      ? { identity: { cert: String(cert), key: String(key) } }
      : {}),
    ...(servername !== undefined && { serverName: servername }),
  };
}

/** The request options that the library sets. */
interface HttpsOptions {
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  servername?: string;
  rejectUnauthorized?: boolean;
  auth?: string;
  headers?: Record<string, string>;
}

/** Why a context cannot be used; completes a sentence. */
function faultOf(config: KubeConfig, name: string): string | undefined {
  const context = config.getContextObject(name);
  const cluster = context === null ? null : config.getCluster(context.cluster);
  const user = context === null ? null : config.getUser(context.user);
  if (typeof cluster?.server !== "string") return "the API's address is missing";
  if (user === null) return "the user is missing";
  // A file from someone else could name any program.
  if (user.exec || user.authProvider) {
    return "the user signs in by a program, which Darkroom does not start; use a token instead";
  }
  if (cluster.server.startsWith("http:") && !cluster.skipTLSVerify) {
    return "the API's address is not encrypted, and insecure-skip-tls-verify is not set";
  }
  if (cluster.proxyUrl) return "the API is reached by a proxy, which is not supported";
  return undefined;
}

async function load(path: string): Promise<KubeConfig> {
  // The library takes a moment to load, and most people never use a cluster.
  const { KubeConfig: Config } = await import("@kubernetes/client-node");
  const loaded: KubeConfig[] = [];
  for (const file of path.split(delimiter).filter((name) => name !== "")) {
    const text = await read(file, path);
    if (text === undefined) continue;
    const one = new Config();
    try {
      one.loadFromString(text, { onInvalidEntry: "filter" });
      one.makePathsAbsolute(dirname(file));
      loaded.push(one);
    } catch {
      // The library's message quotes the file, which contains tokens.
      throw unreadable(path, "it is not a kubeconfig");
    }
  }
  const [first, ...others] = loaded;
  if (first === undefined) throw unreadable(path, "there is no such file");
  try {
    for (const other of others) first.mergeConfig(other, first.getCurrentContext() !== undefined);
  } catch {
    throw unreadable(path, "two of its files use the same name");
  }
  return first;
}

/** The text of a file; undefined if it does not exist, which kubectl ignores as well. */
async function read(file: string, path: string): Promise<string | undefined> {
  if (!isAbsolute(file)) throw unreadable(path, "it must be a full path");
  try {
    await using handle = await open(file, "r");
    const { size } = await handle.stat();
    if (size > MAX_BYTES) throw unreadable(path, "it is too large to be one");
    return await handle.readFile("utf8");
  } catch (error) {
    if (isAbsent(error)) return undefined;
    const reason = systemCode(error);
    throw reason === undefined ? error : unreadable(path, reason, error);
  }
}

function unreadable(path: string, reason: string, cause?: unknown): StudioError {
  return new StudioError("CLUSTER_KUBECONFIG_UNREADABLE", { path, reason }, { cause });
}
