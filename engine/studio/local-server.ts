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
  /** Id of the served model. */
  readonly served: () => string | undefined;
  /** Other names of the served model. */
  readonly aliases?: () => readonly string[];
  /** The parts of a listener; if absent, settings are stored and it never listens. */
  readonly listening: InferenceServerParts | undefined;
}

interface Listening {
  readonly server: InferenceServer;
  /** As requested; the actual port may be a later one. */
  readonly address: Address;
}

/** Changes are reported at most four times per second. */
const TELL_MS = 250;

/** This machine's inference server: on or off, where, and why not. */
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

  /** The settings in effect in this run. */
  get settings(): ServerSettings {
    return settingsIn(this.#run, this.#parts.file.settings());
  }

  /** The preset of requests that name none. */
  get preset(): Preset {
    return this.settings.preset;
  }

  /**
   * Listens if it is switched on. A failure becomes part of its state, and is thrown only if it is required to listen.
   */
  async begin(): Promise<void> {
    const { isOff, isRequired, host, port, grpcPort, tls } = this.#run;
    // An address given for this run implies that it should listen.
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

  /** Changes settings, which replace the run's own options. If the address is not available, nothing changes. */
  change(change: ServerChange): Promise<Server> {
    return this.#turns.take(async () => {
      // Even while it does not listen, the files must be usable.
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

  /** To be called when what is reported about it may have changed. */
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

  /** The gRPC address on the same host, if a port is set. */
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

  /** A failure is reported as state, unless it is required to listen. */
  async #listenToGrpc(): Promise<void> {
    try {
      await this.#grpc.moveTo(this.#grpcAddress());
    } catch (error) {
      if (this.#run.isRequired === true) throw error;
    }
  }

  /**
   * The old address may be part of the new one, so it is released first, and taken again if the new one fails. If a
   * port is requested that was in use at the start, it is tried again.
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

  /** Reports it if it changed. */
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
