import { randomUUID } from "node:crypto";
import { StudioError, toWire } from "../contract/errors.ts";
import type { Transfer, TransferState } from "../contract/transfers.ts";
import { SpeedMeter } from "../download/speed.ts";
import {
  withStage,
  type TransferRunner,
  type TransferRunners,
  type TransferTask,
} from "./runner.ts";
import { asStarted, TransferFile } from "./transfer-file.ts";

export interface TransfersOptions {
  readonly dataFolder: string;
  /** Called with new and changed transfers; at most once in `tickMs` for progress. */
  readonly onChange: (transfers: readonly Transfer[]) => void;
  readonly onRemove: (ids: readonly string[]) => void;
  /** Called with errors that are not refusals. */
  readonly logError?: (error: unknown) => void;
  readonly tickMs?: number;
}

export interface NewTransfer {
  /** The id that partial results are already stored under, if any. */
  readonly id?: string | undefined;
  readonly kind: Transfer["kind"];
  readonly name: string;
  readonly order: TransferTask;
  readonly modelId?: string | undefined;
}

const ENDED: ReadonlySet<TransferState> = new Set(["done", "failed", "cancelled"]);

interface Running {
  readonly abort: AbortController;
  readonly speed: SpeedMeter;
  readonly ended: Promise<void>;
}

/**
 * Long file operations, one of each kind at a time. They are stored in transfers.json: what was running or waiting when
 * Darkroom closed continues at the next start, where it stopped if its kind can be paused (see TransferRunner), or else
 * from the beginning. Paused ones stay paused.
 */
export class Transfers {
  readonly #options: TransfersOptions;
  readonly #file: TransferFile;
  readonly #transfers: Map<string, Transfer>;
  readonly #orders: Map<string, TransferTask>;
  readonly #running = new Map<string, Running>();
  readonly #held = new Set<string>();
  #runners: TransferRunners | undefined;
  #ticker: NodeJS.Timeout | undefined;

  private constructor(options: TransfersOptions, file: TransferFile) {
    const { transfers } = file;
    this.#options = options;
    this.#file = file;
    this.#transfers = new Map(transfers.map(({ transfer }) => [transfer.id, asStarted(transfer)]));
    this.#orders = new Map(transfers.map(({ transfer, order }) => [transfer.id, order]));
  }

  static async open(options: TransfersOptions): Promise<Transfers> {
    return new Transfers(options, await TransferFile.open(options.dataFolder));
  }

  /** Notices about what was wrong with the file at start. */
  get notices(): readonly string[] {
    return this.#file.notices;
  }

  /** Ids of transfers that can continue. */
  get openIds(): readonly string[] {
    const open = this.list().filter(({ state }) => state === "failed" || !ENDED.has(state));
    return open.map(({ id }) => id);
  }

  /** Whether partial results of an id may still be needed, perhaps by a transfer that cannot be read. */
  mayNeed(id: string): boolean {
    return this.openIds.includes(id) || this.#file.mayNeed(id);
  }

  /** Whether partial results of an id belong to a listed transfer that can continue. */
  isOpen(id: string): boolean {
    return this.openIds.includes(id) || this.#file.mayName(id);
  }

  /** Oldest first. */
  list(): readonly Transfer[] {
    return [...this.#transfers.values()];
  }

  /** Starts running transfers. If `isPassive`, those of an earlier run wait until they are requested again. */
  begin(runners: TransferRunners, isPassive = false): void {
    this.#runners = runners;
    if (isPassive) for (const id of this.openIds) this.#held.add(id);
    this.#startNext();
  }

  /**
   * Adds a transfer and runs it when its turn comes. If one with the same order is open, that one continues instead.
   */
  async add({ id = randomUUID(), kind, name, order, modelId }: NewTransfer): Promise<string> {
    const known = this.#openLike(kind, order);
    if (known !== undefined) {
      this.#held.delete(known.id);
      if (known.state !== "waiting" && known.state !== "running") await this.resume([known.id]);
      this.#startNext();
      return known.id;
    }
    const createdAt = new Date().toISOString();
    const amounts = { doneBytes: 0, totalBytes: 0 };
    this.#orders.set(id, order);
    this.#transfers.set(id, { id, kind, name, modelId, state: "waiting", ...amounts, createdAt });
    // It can still be refused, since it is not stored yet.
    this.#held.add(id);
    try {
      await this.#write();
    } catch (error) {
      this.#forget(id);
      throw error;
    } finally {
      this.#held.delete(id);
    }
    this.#tell(id);
    this.#startNext();
    return id;
  }

  /** Stops transfers for now; partial results are kept. */
  async pause(ids: readonly string[]): Promise<void> {
    const transfers = ids.map((id) => this.#get(id));
    for (const transfer of transfers) {
      const refused = this.#obstacleToPause(transfer);
      if (refused !== undefined) throw conflict(transfer, "paused", refused);
    }
    for (const { id } of transfers) {
      this.#change(id, { state: "paused" });
      this.#running.get(id)?.abort.abort();
    }
    await this.#save();
  }

  /** Continues paused and failed transfers. */
  async resume(ids: readonly string[]): Promise<void> {
    const transfers = ids.map((id) => this.#get(id));
    for (const transfer of transfers) {
      const { state } = transfer;
      if (state !== "paused" && state !== "failed") throw conflict(transfer, "resumed", state);
    }
    for (const { id } of transfers) {
      this.#held.delete(id);
      this.#change(id, { state: "waiting", error: undefined });
    }
    this.#startNext();
    await this.#save();
  }

  /** Stops transfers and deletes partial results; ended ones do not change. */
  async cancel(ids: readonly string[]): Promise<void> {
    const open = ids
      .map((id) => this.#get(id))
      .filter(({ state }) => state !== "done" && state !== "cancelled");
    for (const { id } of open) {
      this.#change(id, { state: "cancelled", error: undefined });
      this.#running.get(id)?.abort.abort();
    }
    // A running one deletes its own partial results once it has stopped using them.
    for (const transfer of open) if (!this.#running.has(transfer.id)) await this.#discard(transfer);
    await this.#save();
  }

  /** Removes ended transfers, and the partial results of failed ones. */
  async clear(): Promise<void> {
    const ended = this.list().filter(({ state, id }) => ENDED.has(state) && !this.#running.has(id));
    // All at once, before anything is awaited: none can be resumed while its results are deleted.
    for (const { id } of ended) this.#forget(id);
    if (ended.length > 0) this.#options.onRemove(ended.map(({ id }) => id));
    for (const transfer of ended) if (transfer.state === "failed") await this.#discard(transfer);
    await this.#save();
  }

  /** Stops what runs; it continues at the next start. */
  async close(): Promise<void> {
    this.#runners = undefined;
    clearInterval(this.#ticker);
    const running = [...this.#running.values()];
    for (const { abort } of running) abort.abort();
    await Promise.all(running.map(({ ended }) => ended));
    await this.#save();
  }

  #openLike(kind: Transfer["kind"], order: TransferTask): Transfer | undefined {
    const wanted = JSON.stringify(order);
    const alike = this.openIds.filter((id) => JSON.stringify(this.#orders.get(id)) === wanted);
    return alike.map((id) => this.#get(id)).find((transfer) => transfer.kind === kind);
  }

  #get(id: string): Transfer {
    const transfer = this.#transfers.get(id);
    if (transfer === undefined) throw new StudioError("NOT_FOUND", { what: "transfer", id });
    return transfer;
  }

  #forget(id: string): void {
    this.#transfers.delete(id);
    this.#orders.delete(id);
  }

  #obstacleToPause({ kind, state }: Transfer): string | undefined {
    if (state !== "waiting" && state !== "running") return state;
    const isPausable = state === "waiting" || this.#runners?.[kind].canPause === true;
    return isPausable ? undefined : "of a kind that can only be cancelled";
  }

  /** Starts the oldest waiting transfer of each kind that has none running. */
  #startNext(): void {
    const runners = this.#runners;
    if (runners === undefined) return;
    for (const { id, kind, state } of this.#transfers.values()) {
      const isBusy = [...this.#running.keys()].some((other) => this.#get(other).kind === kind);
      if (state === "waiting" && !isBusy && !this.#held.has(id)) this.#start(id, runners[kind]);
    }
    this.#ticker ??= setInterval(() => this.#tick(), this.#options.tickMs ?? 1000).unref();
    if (this.#running.size > 0) return;
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }

  #start(id: string, runner: TransferRunner): void {
    this.#change(id, { state: "running", log: undefined });
    const abort = new AbortController();
    const speed = new SpeedMeter(() => performance.now());
    this.#running.set(id, { abort, speed, ended: this.#run(id, runner, abort.signal) });
  }

  /** Never rejects: only `close` waits for it. */
  async #run(id: string, runner: TransferRunner, signal: AbortSignal): Promise<void> {
    try {
      // Lets the caller record first that this one is running.
      await Promise.resolve();
      const modelId = await runner.run({
        id,
        order: this.#orders.get(id) ?? null,
        signal,
        onProgress: (progress) => this.#progress(id, progress),
        onNote: (note) => {
          if (this.#running.has(id)) this.#change(id, { note });
        },
        onStage: (stage) => {
          if (this.#running.has(id)) this.#change(id, { log: withStage(this.#get(id).log, stage) });
        },
      });
      const { totalBytes } = this.#get(id);
      this.#change(id, { state: "done", modelId, doneBytes: totalBytes });
    } catch (error) {
      await this.#end(this.#get(id), signal, error);
    } finally {
      this.#running.delete(id);
      await this.#save();
      this.#startNext();
    }
  }

  /** If a run was stopped, whoever did so has already set its state: paused, cancelled or waiting. */
  async #end(transfer: Transfer, { aborted }: AbortSignal, error: unknown): Promise<void> {
    if (aborted && transfer.state === "cancelled") return this.#discard(transfer);
    if (aborted) return;
    if (!(error instanceof StudioError)) this.#options.logError?.(error);
    this.#change(transfer.id, { state: "failed", error: toWire(error) });
  }

  async #discard({ id, kind }: Transfer): Promise<void> {
    await this.#runners?.[kind]
      .discard(id)
      .catch((error: unknown) => this.#options.logError?.(error));
  }

  /** Recorded at once, reported at the next tick. */
  #progress(id: string, progress: Pick<Transfer, "doneBytes" | "totalBytes">): void {
    const transfer = this.#transfers.get(id);
    if (transfer?.state === "running") this.#transfers.set(id, { ...transfer, ...progress });
  }

  #tick(): void {
    const changed = [...this.#running].flatMap(([id, { speed }]) => {
      const transfer = this.#transfers.get(id);
      if (transfer?.state !== "running") return [];
      const { bytesPerSecond, secondsLeft } = speed.measure(
        transfer.doneBytes,
        transfer.totalBytes,
      );
      const measured = {
        ...transfer,
        bytesPerSecond: bytesPerSecond ?? undefined,
        secondsLeft: secondsLeft ?? undefined,
      };
      this.#transfers.set(id, measured);
      return [id];
    });
    if (changed.length > 0) this.#tell(...changed);
  }

  #change(id: string, changes: Partial<Transfer>): void {
    const idle = { bytesPerSecond: undefined, secondsLeft: undefined };
    this.#transfers.set(id, { ...this.#get(id), ...idle, ...changes });
    this.#tell(id);
  }

  #tell(...ids: readonly string[]): void {
    const wanted = new Set(ids);
    this.#options.onChange(this.list().filter(({ id }) => wanted.has(id)));
  }

  /** A failed write does not undo the change: the next one tries again. */
  async #save(): Promise<void> {
    await this.#write().catch((error: unknown) => this.#options.logError?.(error));
  }

  #write(): Promise<void> {
    return this.#file.write(() =>
      this.list().map((transfer) => ({ transfer, order: this.#orders.get(transfer.id) ?? null })),
    );
  }
}

function conflict({ name }: Transfer, wanted: string, state: string): StudioError {
  return new StudioError("STATE_CONFLICT", { what: name, wanted, state });
}
