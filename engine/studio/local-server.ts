import type { AdmissionQueue } from "../serving/admission-queue.ts";
import type { EventLog } from "./event-log.ts";
import type { Preset } from "../contract/presets.ts";
import type { Server, ServerChange, ServerSettings } from "../contract/server.ts";
import { readCertificate } from "../serving/certificate.ts";
import type { ServerFile } from "../serving/server-file.ts";
import { GrpcListener } from "./grpc-listener.ts";
import { ALIAS } from "../serving/routes/served-model.ts";
import {
  InferenceServer,
  isSameTls,
  type Address,
  type InferenceServerParts,
} from "../serving/inference-server.ts";
import { type ServingOptions, settingsIn, withoutChanged } from "./serving-run.ts";
import { Turns } from "../files/turns.ts";
import { toWire, type WireError } from "../contract/errors.ts";

export interface LocalServerParts {
  readonly file: ServerFile;
  readonly admission: AdmissionQueue;
  readonly events: Pick<EventLog, "publish">;
  /** Id of the model that is served. */
  readonly served: () => string | undefined;
  /** Other names that the served model has. */
  readonly aliases?: () => readonly string[];
  /** What a listener is made of; where there is nothing, choices are kept and it never listens. */
  readonly listening: InferenceServerParts | undefined;
}

interface Listening {
  readonly server: InferenceServer;
  /** As it was asked for; the port it has may be a later one. */
  readonly address: Address;
}

/** Changes of the queue are told of four times a second at most. */
const TELL_MS = 250;

/** The inference server of this machine: on or off, where, and why not. */
export class LocalServer {
  readonly #parts: LocalServerParts;
  readonly #turns = new Turns();
  #run: ServingOptions;
  readonly #grpc: GrpcListener;
  #listening: Listening | undefined;
  #error: WireError | undefined;
  #telling: NodeJS.Timeout | undefined;
  #told = "";
  #isClosed = false;

  constructor(parts: LocalServerParts, run: ServingOptions) {
    this.#parts = parts;
    this.#run = run;
    this.#grpc = new GrpcListener(parts.listening);
  }

  get(): Server {
    const { admission, served, aliases } = this.#parts;
    const name = served();
    return {
      settings: this.settings,
      ...this.#state(),
      ...this.#grpc.state,
      modelNames: name === undefined ? [] : [...new Set([name, ...(aliases?.() ?? []), ALIAS])],
      waiting: admission.waiting,
      isDrawing: admission.isDrawing,
    };
  }

  /** As they are in this run. */
  get settings(): ServerSettings {
    return settingsIn(this.#run, this.#parts.file.settings());
  }

  /** By which a request is drawn that names none. */
  get preset(): Preset {
    return this.settings.preset;
  }

  /** Listens where it is on. What keeps it from that is its state, and refused only where it has to listen. */
  async begin(): Promise<void> {
    const { isOff, isRequired, host, port, grpcPort, tls } = this.#run;
    // Whoever names an address for this run wants it to listen there.
    const isNamed = [host, port, grpcPort, tls].some((one) => one !== undefined);
    const isOn = this.#parts.file.settings().isOn || isNamed;
    if (isOff === true || !isOn) return;
    const listening = this.#turns.take(() => this.#listen(this.#address()));
    await (isRequired === true ? listening : listening.catch(() => undefined));
  }

  start(): Promise<Server> {
    return this.#turns.take(async () => {
      if (this.#listening === undefined) await this.#listen(this.#address());
      await this.#parts.file.change({ isOn: true });
      return this.#changed();
    });
  }

  stop(): Promise<Server> {
    return this.#turns.take(async () => {
      await this.#parts.file.change({ isOn: false });
      await this.#end();
      return this.#changed();
    });
  }

  /** What a person chooses here wins over what this run was started with. Where the address cannot be had, nothing changes. */
  change(change: ServerChange): Promise<Server> {
    return this.#turns.take(async () => {
      // Also while it does not listen: what is kept can be used.
      if (change.tls !== undefined && change.tls !== null) await readCertificate(change.tls);
      const run = withoutChanged(this.#run, change);
      const address = this.#address(change, run);
      const isMoved = [change.host, change.port, change.tls].some((one) => one !== undefined);
      const isWanted = this.#listening !== undefined || this.#error !== undefined;
      if (change.isOn === false) await this.#end();
      else if (change.isOn === true || (isWanted && isMoved)) await this.#moveTo(address);
      if (this.#listening !== undefined) await this.#grpc.moveTo(this.#grpcAddress(change, run));
      this.#run = run;
      await this.#parts.file.change(change);
      return this.#changed();
    });
  }

  /** Says that something of what is told here may have changed. */
  tell(): void {
    if (this.#isClosed) return;
    this.#telling ??= setTimeout(() => this.#changed(), TELL_MS).unref();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#telling);
    await this.#turns.take(() => this.#end());
  }

  #state(): Pick<Server, "state" | "origin" | "tls" | "error"> {
    if (this.#listening !== undefined) {
      const { origin, tls } = this.#listening.server;
      return { state: "running", origin, ...(tls && { tls }) };
    }
    return this.#error === undefined
      ? { state: "stopped" }
      : { state: "failed", error: this.#error };
  }

  #address(change: ServerChange = {}, run = this.#run): Address {
    const settings = this.#parts.file.settings();
    return {
      host: change.host ?? run.host ?? settings.host,
      port: change.port ?? run.port ?? settings.port,
      tries: run.tries ?? 1,
      tls: change.tls === undefined ? (run.tls ?? settings.tls) : change.tls,
    };
  }

  /** On the same address, where a port is chosen. */
  #grpcAddress(change: ServerChange = {}, run = this.#run): Address | undefined {
    const chosen = change.grpcPort === undefined ? run.grpcPort : change.grpcPort;
    const port = chosen === undefined ? this.#parts.file.settings().grpcPort : chosen;
    return port === null ? undefined : { ...this.#address(change, run), port };
  }

  async #listen(address: Address): Promise<void> {
    const { listening } = this.#parts;
    if (listening === undefined) return;
    try {
      const onCertificate = (): void => this.tell();
      const server = await InferenceServer.listen(address, { ...listening, onCertificate });
      this.#listening = { server, address };
      this.#error = undefined;
      await this.#listenToGrpc();
    } catch (error) {
      this.#error = this.#listening === undefined ? toWire(error) : undefined;
      throw error;
    } finally {
      this.#changed();
    }
  }

  /** What keeps it from that is told beside, unless it has to listen there. */
  async #listenToGrpc(): Promise<void> {
    try {
      await this.#grpc.moveTo(this.#grpcAddress());
    } catch (error) {
      if (this.#run.isRequired === true) throw error;
    }
  }

  /**
   * The old address may be a part of the new one, so it is let go of first, and taken again where that
   * fails. A port that is asked for is asked for where another took its place at the start, too.
   */
  async #moveTo(address: Address): Promise<void> {
    const before = this.#listening;
    if (before !== undefined && isThere(before, address)) return;
    await this.#end();
    await this.#listen(address).catch(async (error: unknown) => {
      if (before !== undefined) {
        const { port } = before.server;
        await this.#listen({ ...before.address, port }).catch(() => undefined);
      }
      throw error;
    });
  }

  async #end(): Promise<void> {
    const { server } = this.#listening ?? {};
    this.#listening = undefined;
    this.#error = undefined;
    await Promise.all([server?.close(), this.#grpc.moveTo(undefined)]);
  }

  /** Tells it where it is news. */
  #changed(): Server {
    this.#telling = undefined;
    const server = this.get();
    const now = JSON.stringify(server);
    if (now !== this.#told && !this.#isClosed) {
      this.#told = now;
      this.#parts.events.publish({ type: "server-changed", server });
    }
    return server;
  }
}

function isThere({ server, address }: Listening, wanted: Address): boolean {
  const { host, port } = wanted;
  const isPort = port === server.port || (port === 0 && address.port === 0);
  return address.host === host && isPort && isSameTls(address, wanted);
}
