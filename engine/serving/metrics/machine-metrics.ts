import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";
import { cpus, freemem, totalmem } from "node:os";
import { promisify } from "node:util";
import { Gauge, type Registry } from "prom-client";

const MIB = 1 << 20;
const GIB = 1 << 30;

/** A card is queried at most this often, and left out if it does not answer within this time. */
const CARD_MS = 10_000;
const CARD_LIMIT_MS = 2000;

/** An NVIDIA card according to its driver: MiB and per cent. */
interface Card {
  readonly id: string;
  readonly usedMib: number;
  readonly totalMib: number;
  readonly busyPercent: number;
}

/** TorchServe's machine metrics: memory in MiB, disks in GiB, shares in per cent. */
export class MachineMetrics {
  readonly #labels: { readonly Level: "Host"; readonly Hostname: string };
  #ticks = ticksOf();
  #cards: { readonly read: Promise<readonly Card[]>; readonly untilMs: number } | undefined;

  constructor(hostname: string) {
    this.#labels = { Level: "Host", Hostname: hostname };
  }

  addTo(registry: Registry): void {
    for (const gauge of [...this.#gauges(), ...this.#cardGauges()]) registry.registerMetric(gauge);
  }

  #gauges(): readonly Gauge[] {
    return [
      this.#gauge("CPUUtilization", "Per cent of the processors' time since it was last read", () =>
        this.#busyPercent(),
      ),
      this.#gauge("MemoryUsed", "MiB of memory in use", () => (allBytes() - freeBytes()) / MIB),
      this.#gauge("MemoryAvailable", "MiB of memory left", () => freeBytes() / MIB),
      this.#gauge(
        "MemoryUtilization",
        "Per cent of memory in use",
        () => 100 * (1 - freeBytes() / allBytes()),
      ),
      this.#gauge(
        "DiskUsage",
        "GiB of the root disk in use",
        async () => (await disk()).used / GIB,
      ),
      this.#gauge(
        "DiskAvailable",
        "GiB of the root disk left",
        async () => (await disk()).free / GIB,
      ),
      this.#gauge("DiskUtilization", "Per cent of the root disk in use", async () => {
        const { used, free } = await disk();
        return (100 * used) / (used + free);
      }),
    ];
  }

  #cardGauges(): readonly Gauge[] {
    return [
      this.#ofCards("GPUMemoryUsed", "MiB of a card's memory in use", (card) => card.usedMib),
      this.#ofCards(
        "GPUMemoryUtilization",
        "Per cent of a card's memory in use",
        (card) => (100 * card.usedMib) / card.totalMib,
      ),
      this.#ofCards(
        "GPUUtilization",
        "Per cent of the time that a card was busy",
        (card) => card.busyPercent,
      ),
    ];
  }

  #gauge(name: string, help: string, read: () => number | Promise<number>): Gauge {
    const labels = this.#labels;
    return new Gauge({
      registers: [],
      name,
      help,
      labelNames: Object.keys(labels),
      async collect() {
        this.set(labels, await read());
      },
    });
  }

  #ofCards(name: string, help: string, read: (card: Card) => number): Gauge {
    const labels = this.#labels;
    const cards = (): Promise<readonly Card[]> => this.#readCards();
    return new Gauge({
      registers: [],
      name,
      help,
      labelNames: ["DeviceId", ...Object.keys(labels)],
      async collect() {
        this.reset();
        for (const card of await cards()) this.set({ DeviceId: card.id, ...labels }, read(card));
      },
    });
  }

  #busyPercent(): number {
    const before = this.#ticks;
    const now = ticksOf();
    if (now.all > before.all) this.#ticks = now;
    const all = now.all - before.all;
    return all <= 0 ? 0 : (100 * (now.busy - before.busy)) / all;
  }

  #readCards(): Promise<readonly Card[]> {
    const nowMs = performance.now();
    if (this.#cards === undefined || this.#cards.untilMs < nowMs) {
      this.#cards = { read: cardsOf().catch(() => []), untilMs: nowMs + CARD_MS };
    }
    return this.#cards.read;
  }
}

/** A container's memory is its limit. */
function allBytes(): number {
  return Math.min(totalmem(), process.constrainedMemory() || totalmem());
}

function freeBytes(): number {
  return Math.min(allBytes(), process.availableMemory() || freemem());
}

function ticksOf(): { readonly busy: number; readonly all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const all = sum(times.flatMap((each) => Object.values(each)));
  return { all, busy: all - sum(times.map(({ idle }) => idle)) };
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

async function disk(): Promise<{ readonly used: number; readonly free: number }> {
  const { bsize, blocks, bfree, bavail } = await statfs("/");
  return { used: (blocks - bfree) * bsize, free: bavail * bsize };
}

const CARD_QUERY = ["index", "memory.used", "memory.total", "utilization.gpu"].join(",");

async function cardsOf(): Promise<readonly Card[]> {
  const flags = [`--query-gpu=${CARD_QUERY}`, "--format=csv,noheader,nounits"];
  const { stdout } = await promisify(execFile)("nvidia-smi", flags, { timeout: CARD_LIMIT_MS });
  return cardsIn(stdout);
}

/** Rows of the driver's CSV; values that are not numbers, such as `[N/A]` on a shared card, are left out. */
export function cardsIn(csv: string): readonly Card[] {
  return csv.split("\n").flatMap((row) => {
    const [id = "", ...rest] = row.split(",").map((cell) => cell.trim());
    const [usedMib = Number.NaN, totalMib = Number.NaN, busyPercent = Number.NaN] =
      rest.map(Number);
    const isWhole = /^\d+$/.test(id) && [usedMib, totalMib].every(Number.isFinite) && totalMib > 0;
    if (!isWhole) return [];
    return [{ id, usedMib, totalMib, busyPercent: Number.isFinite(busyPercent) ? busyPercent : 0 }];
  });
}
