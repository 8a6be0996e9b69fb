import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Cluster, ClusterCheck, NewCluster } from "../contract/clusters.ts";
import { StudioError, toWire } from "../contract/errors.ts";
import { checkCa } from "../network/trust.ts";
import { readAddress } from "./api-address.ts";
import { checkCluster } from "./check-cluster.ts";
import { ClusterClient, TIMING, type Timing } from "./cluster-client.ts";
import { ClusterFile, type KeptCluster } from "./cluster-file.ts";
import { accessOf, chosenContext, defaultPath, type ClusterAccess } from "./kubeconfig.ts";

/** A store of secrets by name. */
export interface SecretKeeper {
  get(name: `cluster-token:${string}`): Promise<string | undefined>;
  set(name: `cluster-token:${string}`, value: string): Promise<void>;
  remove(name: `cluster-token:${string}`): Promise<void>;
}

export interface ClustersOptions {
  readonly dataFolder: string;
  readonly keeper: SecretKeeper;
  readonly onChange: (cluster: Cluster) => void;
  readonly onRemove: (id: string) => void;
  readonly now?: (() => Date) | undefined;
  readonly timing?: Timing | undefined;
}

/** A token, and the only address that it is sent to. */
const tokenSchema = z.strictObject({ address: z.string(), token: z.string() });

/** A person's clusters, and their clients. */
export class Clusters {
  readonly #options: ClustersOptions;
  readonly #file: ClusterFile;

  private constructor(options: ClustersOptions, file: ClusterFile) {
    this.#options = options;
    this.#file = file;
  }

  static async open(options: ClustersOptions): Promise<Clusters> {
    return new Clusters(options, await ClusterFile.open(options.dataFolder));
  }

  /** Notices about what was wrong with the file at start. */
  get notices(): readonly string[] {
    return this.#file.notices;
  }

  list(): Cluster[] {
    return [...this.#file.list()];
  }

  get(id: string): Cluster {
    const kept = this.#file.find(id);
    if (kept === undefined) throw new StudioError("NOT_FOUND", { what: "cluster", id });
    return kept;
  }

  /** Stores a cluster without contacting it; a context that is already stored is returned. */
  async connect(added: NewCluster): Promise<Cluster> {
    const id = randomBytes(8).toString("hex");
    if (added.kind === "token") return this.#keep(await this.#fromToken(id, added));
    const path = added.path ?? defaultPath(process.env);
    const context = await chosenContext(path, added.context);
    const access = await accessOf(path, context);
    const known = this.#file
      .list()
      .find(({ kubeconfig }) => kubeconfig?.path === path && kubeconfig.context === context);
    if (known !== undefined) return known;
    return this.#keep({
      ...this.#common(id, access),
      kind: "kubeconfig",
      name: added.name ?? context.slice(0, 100),
      kubeconfig: { path, context },
      namespace: access.namespace ?? null,
    });
  }

  /** Refuses as REQUEST_INVALID for a cluster whose kubeconfig contains its credentials. */
  async setToken(id: string, token: string): Promise<Cluster> {
    const { kind, address } = this.get(id);
    if (kind !== "token") {
      const reason = "it is the kubeconfig's; log in again with `oc login`";
      throw new StudioError("REQUEST_INVALID", { field: "The token", value: "this", reason });
    }
    await this.#options.keeper.set(`cluster-token:${id}`, JSON.stringify({ address, token }));
    await this.#file.change(id, (now) => ({ ...now, check: undefined }));
    return this.#publish(id);
  }

  /** Removes a cluster and its token; deployments there stay. */
  async disconnect(id: string): Promise<void> {
    this.get(id);
    await this.#options.keeper.remove(`cluster-token:${id}`);
    await this.#file.remove(id);
    this.#options.onRemove(id);
  }

  /** Tests a cluster. Refuses only if it does not exist. */
  async test(id: string, namespace?: string, signal?: AbortSignal): Promise<ClusterCheck> {
    const kept = this.get(id);
    const began = performance.now();
    const found = await this.with(id, (client) =>
      checkCluster(client, namespace ?? kept.namespace ?? client.namespace, signal),
    ).catch((error: unknown) => {
      if (!(error instanceof StudioError)) throw error;
      return { namespaces: [], missing: [], error: toWire(error) };
    });
    const check: ClusterCheck = {
      ...found,
      at: this.#now().toISOString(),
      state: "error" in found ? "failed" : "ready",
      ms: Math.round(performance.now() - began),
    };
    await this.#file.change(id, (now) => ({ ...now, check }));
    if (this.#file.find(id) !== undefined) this.#publish(id);
    return check;
  }

  /** Runs work with a new client: the kubeconfig is read again, since `oc login` changes it. */
  async with<T>(id: string, work: (client: ClusterClient) => Promise<T>): Promise<T> {
    const client = await this.client(id);
    try {
      return await work(client);
    } finally {
      client.close();
    }
  }

  /** A client that the caller closes. */
  async client(id: string): Promise<ClusterClient> {
    const access = await this.#access(this.get(id));
    return new ClusterClient(access, this.#options.timing ?? TIMING);
  }

  async #access({
    id,
    address,
    kubeconfig,
    ca,
    isInsecure,
    namespace,
  }: Cluster): Promise<ClusterAccess> {
    if (kubeconfig !== undefined) return accessOf(kubeconfig.path, kubeconfig.context);
    const token = await this.#token(id, address);
    if (token === undefined) {
      const reason = "it is no longer stored on this computer";
      throw new StudioError("CLUSTER_TOKEN_REFUSED", { host: new URL(address).host, reason });
    }
    const headers = { authorization: `Bearer ${token}` };
    return { address, headers, ca, isInsecure, namespace: namespace ?? undefined };
  }

  async #token(id: string, address: string): Promise<string | undefined> {
    const text = await this.#options.keeper.get(`cluster-token:${id}`);
    const kept = text === undefined ? undefined : parsedToken(text);
    return kept?.address === address ? kept.token : undefined;
  }

  async #fromToken(
    id: string,
    added: Extract<NewCluster, { kind: "token" }>,
  ): Promise<KeptCluster> {
    const { token, isInsecure, namespace = null, name } = added;
    const address = readAddress(added.address);
    const ca = checkCa(added.ca);
    const value = JSON.stringify({ address, token: token.replaceAll(/\s+/g, "") });
    await this.#options.keeper.set(`cluster-token:${id}`, value);
    return {
      ...this.#common(id, { address, ca, isInsecure }),
      kind: "token",
      name: name ?? new URL(address).host.slice(0, 100),
      namespace,
    };
  }

  #common(
    id: string,
    { address, ca, isInsecure }: Pick<ClusterAccess, "address" | "ca" | "isInsecure">,
  ) {
    return { id, address, ca, isInsecure, createdAt: this.#now().toISOString() };
  }

  async #keep(cluster: KeptCluster): Promise<Cluster> {
    await this.#file.add(cluster);
    return this.#publish(cluster.id);
  }

  readonly #now = (): Date => (this.#options.now ?? (() => new Date()))();

  #publish(id: string): Cluster {
    const cluster = this.get(id);
    this.#options.onChange(cluster);
    return cluster;
  }
}

function parsedToken(text: string): z.output<typeof tokenSchema> | undefined {
  try {
    return tokenSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
