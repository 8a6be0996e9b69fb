import { randomBytes } from "node:crypto";
import type {
  BucketPlace,
  Connection,
  ConnectionChange,
  ConnectionCheck,
} from "../contract/buckets.ts";
import { StudioError, toWire } from "../contract/errors.ts";
import { BucketClient, type Bucket } from "./bucket-client.ts";
import { TIMING, type Timing } from "./s3-client.ts";
import { KeptKeys, type BucketKeys, type SecretKeeper } from "./bucket-keys.ts";
import { checkConnection } from "./check-connection.ts";
import { ConnectionFile, type KeptConnection } from "./connection-file.ts";
import { changed, keptFrom, type AddedConnection } from "./connection-parts.ts";
import { readEndpoint } from "./service-address.ts";

export interface ConnectionsOptions {
  readonly dataFolder: string;
  readonly keeper: SecretKeeper;
  /** Why a connection cannot be removed now; completes "it is …". */
  readonly useOf?: (id: string) => string | undefined;
  readonly onChange: (connection: Connection) => void;
  readonly onRemove: (id: string) => void;
  readonly now?: (() => Date) | undefined;
  readonly timing?: Timing | undefined;
}

/** A person's connections to S3 services, their keys, and their clients. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #file: ConnectionFile;
  readonly #keys: KeptKeys;
  readonly #clients = new Map<string, Promise<BucketClient>>();

  private constructor(options: ConnectionsOptions, file: ConnectionFile) {
    this.#options = options;
    this.#file = file;
    this.#keys = new KeptKeys(options.keeper);
  }

  static async open(options: ConnectionsOptions): Promise<Connections> {
    return new Connections(options, await ConnectionFile.open(options.dataFolder));
  }

  /** Notices about what was wrong with the file at start. */
  get notices(): readonly string[] {
    return this.#file.notices;
  }

  list(): Connection[] {
    return this.#file.list().map(told);
  }

  get(id: string): Connection {
    return told(this.#kept(id));
  }

  /** Stores a connection without contacting it. */
  async connect(added: AddedConnection): Promise<Connection> {
    const kept = keptFrom(added, randomBytes(8).toString("hex"), this.#now());
    const { accessKey, secretKey, sessionToken } = added;
    await this.#keys.set(kept.id, originOf(kept), { accessKey, secretKey, sessionToken });
    await this.#file.add(kept);
    return this.#publish(kept.id);
  }

  /** Changes what is given; the keys are kept only if the origin stays the same. */
  async change(change: ConnectionChange): Promise<Connection> {
    const before = this.#kept(change.id);
    const after = changed(before, change);
    const keys = await this.#keysAfter(before, after, change);
    if (keys !== undefined) await this.#keys.set(change.id, originOf(after), keys);
    else if (originOf(after) !== originOf(before)) await this.#keys.forget(change.id);
    const isOther = originOf(after) !== originOf(before);
    const hasKeys = keys !== undefined || (before.hasKeys && !isOther);
    await this.#file.change(change.id, (now) => ({ ...changed(now, change), hasKeys }));
    this.#letGo(change.id);
    return this.#publish(change.id);
  }

  /** Removes a connection. Refuses as STATE_CONFLICT while it is in use. The bucket's content stays. */
  async disconnect(id: string): Promise<void> {
    const { name } = this.#kept(id);
    const state = this.#options.useOf?.(id);
    if (state !== undefined) {
      throw new StudioError("STATE_CONFLICT", { what: name, wanted: "disconnected", state });
    }
    await this.#keys.forget(id);
    await this.#file.remove(id);
    this.#letGo(id);
    this.#options.onRemove(id);
  }

  /** Tests a connection and learns what was not chosen. Refuses only if it does not exist. */
  async test(id: string, signal?: AbortSignal): Promise<ConnectionCheck> {
    const kept = this.#kept(id);
    const began = performance.now();
    const look = async (): Promise<Partial<ConnectionCheck>> => {
      const client = await this.client(id);
      const found = await checkConnection(client, kept.bucket, signal);
      return { ...found, ...(client.server !== undefined && { server: client.server }) };
    };
    const found = await look().catch((error: unknown) => {
      if (!(error instanceof StudioError)) throw error;
      return { error: toWire(error) };
    });
    const check: ConnectionCheck = {
      ...found,
      at: this.#now().toISOString(),
      state: found.error === undefined ? "ready" : "failed",
      ms: Math.round(performance.now() - began),
    };
    await this.#file.change(id, (now) => (isSame(now, kept) ? { ...now, check } : now));
    if (this.#file.find(id) !== undefined) this.#publish(id);
    return check;
  }

  /** The bucket of a place and its client. Refuses as NOT_FOUND or BUCKET_NOT_CHOSEN. */
  async bucket({ connectionId, bucket }: BucketPlace): Promise<Bucket> {
    const kept = this.#kept(connectionId);
    const name = bucket ?? kept.bucket;
    if (name === null) throw new StudioError("BUCKET_NOT_CHOSEN", { name: kept.name });
    const isVersioned = name === kept.bucket ? kept.check?.isVersioned : undefined;
    return { client: await this.client(connectionId), name, isVersioned };
  }

  /** The keys themselves, for a Secret in a cluster. Refuses as BUCKET_KEYS_REFUSED if there are none. */
  async keys(id: string): Promise<BucketKeys> {
    return this.#keysOf(this.#kept(id));
  }

  /** The client of a connection, reused while the connection does not change. */
  client(id: string): Promise<BucketClient> {
    const kept = this.#kept(id);
    const open = this.#clients.get(id) ?? this.#open(kept);
    this.#clients.set(id, open);
    open.catch(() => this.#clients.delete(id));
    return open;
  }

  async close(): Promise<void> {
    for (const id of this.#clients.keys()) this.#letGo(id);
  }

  readonly #now = (): Date => (this.#options.now ?? (() => new Date()))();

  async #keysOf(connection: KeptConnection): Promise<BucketKeys> {
    const keys = await this.#keys.get(connection.id, originOf(connection));
    if (keys !== undefined) return keys;
    const { host } = readEndpoint(connection.endpoint);
    const reason = connection.hasKeys
      ? "they are no longer stored on this computer"
      : "there are none";
    throw new StudioError("BUCKET_KEYS_REFUSED", { host, reason });
  }

  async #open(connection: KeptConnection): Promise<BucketClient> {
    return new BucketClient({
      connection,
      keys: await this.#keysOf(connection),
      timing: this.#options.timing ?? TIMING,
      now: this.#now,
      onFound: (found) => {
        const change = this.#file.change(connection.id, (now) =>
          isSame(now, connection) ? { ...now, found } : now,
        );
        // If the disk is full this is not stored, and found out again next time.
        change.then(
          () => this.#file.find(connection.id) && this.#publish(connection.id),
          () => undefined,
        );
      },
    });
  }

  /** The keys after a change; undefined if the previous ones stay, or none are left. */
  async #keysAfter(
    before: KeptConnection,
    after: KeptConnection,
    { accessKey, secretKey, sessionToken }: ConnectionChange,
  ): Promise<BucketKeys | undefined> {
    if (accessKey === undefined && secretKey === undefined && sessionToken === undefined) return;
    const isSameOrigin = originOf(before) === originOf(after);
    const kept = isSameOrigin ? await this.#keys.get(before.id, originOf(before)) : undefined;
    const access = accessKey ?? kept?.accessKey;
    const secret = secretKey ?? kept?.secretKey;
    if (access === undefined || secret === undefined) {
      const reason = "access key and secret key belong together";
      throw new StudioError("REQUEST_INVALID", { field: "The keys", value: "one alone", reason });
    }
    return { accessKey: access, secretKey: secret, sessionToken };
  }

  #kept(id: string): KeptConnection {
    const kept = this.#file.find(id);
    if (kept === undefined) throw new StudioError("NOT_FOUND", { what: "connection", id });
    return kept;
  }

  #publish(id: string): Connection {
    const connection = this.get(id);
    this.#options.onChange(connection);
    return connection;
  }

  #letGo(id: string): void {
    const open = this.#clients.get(id);
    this.#clients.delete(id);
    open?.then(
      (client) => client.close(),
      () => undefined,
    );
  }
}

function told(kept: KeptConnection): Connection {
  return { ...kept, origin: originOf(kept) };
}

function originOf({ endpoint }: KeptConnection): string {
  return readEndpoint(endpoint).origin;
}

/** Whether what was learned about one applies to the other. */
function isSame(a: KeptConnection, b: KeptConnection): boolean {
  return a.endpoint === b.endpoint && a.bucket === b.bucket && a.region === b.region;
}
