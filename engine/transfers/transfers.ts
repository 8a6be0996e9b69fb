import { randomUUID } from "node:crypto";
import { StudioError, toWire } from "../contract/errors.ts";
import type { Transfer, TransferState } from "../contract/transfers.ts";
import { SpeedMeter } from "../download/speed.ts";
import { withStage, type Order, type TransferRunner, type TransferRunners } from "./runner.ts";
import { asStarted, TransferFile } from "./transfer-file.ts";

export interface TransfersOptions {
  readonly dataFolder: string;
  /** Told of transfers that are new or have changed; of progress once in `tickMs`. */
  readonly onChange: (transfers: readonly Transfer[]) => void;
  readonly onRemove: (ids: readonly string[]) => void;
  /** Told what went wrong that is no refusal. */
  readonly logError?: (error: unknown) => void;
  readonly tickMs?: number;
}

export interface NewTransfer {
  /** Where what it works on has been kept under an id already. */
  readonly id?: string | undefined;
  readonly kind: Transfer["kind"];
  readonly name: string;
  readonly order: Order;
  readonly modelId?: string | undefined;
}

const ENDED: ReadonlySet<TransferState> = new Set(["done", "failed", "cancelled"]);

interface Running {
  readonly abort: AbortController;
  readonly speed: SpeedMeter;
  readonly ended: Promise<void>;
}

/**
 * Long work on files, one of each kind at a time. It is kept in transfers.json: what ran or waited when
 * Darkroom closed continues by itself at the next start, since it was asked for and never cancelled:
 * a download where it was, an import or a verification from its beginning. What was paused stays paused.
 */
export class Transfers {
  readonly #options: TransfersOptions;
  readonly #file: TransferFile;
  readonly #transfers: Map<string, Transfer>;
  readonly #orders: Map<string, Order>;
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

  /** What was wrong with the file at start, for a person. */
  get notices(): readonly string[] {
    return this.#file.notices;
  }

  /** Of those that may go on. */
  get openIds(): readonly string[] {
    const open = this.list().filter(({ state }) => state === "failed" || !ENDED.has(state));
    return open.map(({ id }) => id);
  }

  /** Whether what is half done under an id may be needed still, also by a list that cannot be read. */
  mayNeed(id: string): boolean {
    return this.openIds.includes(id) || this.#file.mayNeed(id);
  }

  /** Whether what is half done under an id belongs to one that is listed, and may go on. */
  isOpen(id: string): boolean {
    return this.openIds.includes(id) || this.#file.mayName(id);
  }

  /** Oldest first. */
  list(): readonly Transfer[] {
    return [...this.#transfers.values()];
  }

  /** From now on transfers run; those of an earlier run only once they are asked for again, where `isPassive`. */
  begin(runners: TransferRunners, isPassive = false): void {
    this.#runners = runners;
    if (isPassive) for (const id of this.openIds) this.#held.add(id);
    this.#startNext();
  }

  /** Keeps a transfer and lets it run when its turn has come. One of the same order that is open goes on instead. */
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
    // What is not written down yet may be refused still.
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

  /** Ends them for now; what is done so far is kept. */
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

  /** Lets those go on that were paused or have failed. */
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

  /** Ends them and deletes what is half done; those that have ended otherwise stay as they are. */
  async cancel(ids: readonly string[]): Promise<void> {
    const open = ids
      .map((id) => this.#get(id))
      .filter(({ state }) => state !== "done" && state !== "cancelled");
    for (const { id } of open) {
      this.#change(id, { state: "cancelled", error: undefined });
      this.#running.get(id)?.abort.abort();
    }
    // What runs deletes it itself, when it has let go of it.
    for (const transfer of open) if (!this.#running.has(transfer.id)) await this.#discard(transfer);
    await this.#save();
  }

  /** Forgets those that have ended, and what is left of those that failed. */
  async clear(): Promise<void> {
    const ended = this.list().filter(({ state, id }) => ENDED.has(state) && !this.#running.has(id));
    // All of them before anything is awaited: nobody may resume what is being deleted.
    for (const { id } of ended) this.#forget(id);
    if (ended.length > 0) this.#options.onRemove(ended.map(({ id }) => id));
    for (const transfer of ended) if (transfer.state === "failed") await this.#discard(transfer);
    await this.#save();
  }

  /** Ends what runs, to go on at the next start. */
  async close(): Promise<void> {
    this.#runners = undefined;
    clearInterval(this.#ticker);
    const running = [...this.#running.values()];
    for (const { abort } of running) abort.abort();
    await Promise.all(running.map(({ ended }) => ended));
    await this.#save();
  }

  #openLike(kind: Transfer["kind"], order: Order): Transfer | undefined {
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
    return isPausable ? undefined : "a work that runs through or is cancelled";
  }

  /** Starts the oldest waiting one of each kind of which none runs. */
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

  /** Never rejects: nobody waits for it but `close`. */
  async #run(id: string, runner: TransferRunner, signal: AbortSignal): Promise<void> {
    try {
      // The caller's own work comes first: it has yet to note that this one runs.
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

  /** Who ended a run has said already what it is now: paused, cancelled, or waiting again. */
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

  /** Noted at once, told at the next tick. */
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

  /** What was done is done, also where it cannot be written down just now: the next change tries again. */
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
