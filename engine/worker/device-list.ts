import { setTimeout as sleep } from "node:timers/promises";
import { DEVICE_NAMES, type DeviceName, type DeviceReport } from "../contract/devices.ts";
import type { Settings } from "../contract/settings.ts";
import { bestOf, type Probe } from "../drawing/devices.ts";

/** The device that would be used now, and why a better one is not. */
export interface ChosenDevice {
  readonly provider: DeviceReport["provider"];
  readonly report: DeviceReport | undefined;
  readonly fallback: string | undefined;
}

export interface DeviceListOptions {
  readonly onChange?: () => void;
  /**
   * Whether a picture is being drawn: devices are not measured then, which would slow down the picture and falsify the
   * measurement.
   */
  readonly isBusy?: () => boolean;
  /** How long to wait for idle time before measuring a CPU that has no rival. */
  readonly quietMs?: number;
}

/** A studio that is starting has other work, and queued pictures follow each other at once. */
const QUIET_MS = 2000;

/** One probe of the devices, as far as pictures depend on it. */
interface Trial {
  /** Resolves if a CPU turns out to have no rival, before it is measured. */
  readonly alone: PromiseWithResolvers<readonly DeviceReport[]>;
  /** Aborted when a picture begins. */
  readonly measuring: AbortController;
}

/**
 * The devices of this machine: probed once, each in its own process, and kept if anything works. Pictures do not wait
 * for the speed of a CPU that has no rival: it is measured while nothing is drawn.
 */
export class DeviceList {
  readonly #probe: Probe;
  readonly #options: DeviceListOptions;
  readonly #quietMs: number;
  #trial: Trial | undefined;
  #reports: Promise<readonly DeviceReport[]> | undefined;
  #known: readonly DeviceReport[] | undefined;
  #later: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(probe: Probe, options: DeviceListOptions = {}) {
    this.#probe = probe;
    this.#options = options;
    this.#quietMs = options.quietMs ?? QUIET_MS;
  }

  /** The reports of the last probe; `isFresh` probes again, after a probe that is already running. */
  list(isFresh = false): Promise<readonly DeviceReport[]> {
    if (this.#reports === undefined || isFresh) this.#reports = this.#tried(this.#reports);
    return this.#reports;
  }

  /** The same for a picture that is about to start, as soon as it is clear which device to use. */
  async forPicture(): Promise<readonly DeviceReport[]> {
    const reports = this.list();
    const { alone, measuring } = this.#trial ?? newTrial();
    const decided = await Promise.race([reports, alone.promise]);
    measuring.abort();
    return decided;
  }

  /** Stops measuring. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#later);
    this.#trial?.measuring.abort();
  }

  /** The device that `wanted` resolves to; undefined before the first probe. */
  chosen(wanted: DeviceName): ChosenDevice | undefined {
    const known = this.#known;
    const best = known && bestOf(known);
    if (known === undefined || best === undefined) return undefined;
    const named = known.find(({ provider }) => provider === wanted);
    const report = wanted === "auto" ? best : named;
    const passedOver = known.filter(
      ({ reason, provider }) => reason !== undefined && provider !== "cpu",
    );
    const reasons = passedOver.map(({ provider, reason }) => `${CALLED[provider]}: ${reason}`);
    const isFallback = wanted === "auto" && best.provider === "cpu" && reasons.length > 0;
    return {
      provider: report?.provider ?? best.provider,
      report,
      fallback: isFallback ? reasons.join("; ") : undefined,
    };
  }

  /**
   * Why the device that `wanted` resolves to cannot be used, to complete a sentence; undefined if it can. Starts a probe
   * if there has been none, or none that found anything.
   */
  whyIdle(wanted: DeviceName): string | undefined {
    // The CPU is used without a probe if the user chose it.
    if (wanted === "cpu") return undefined;
    if (this.#reports === undefined) void this.list().catch(() => undefined);
    if (this.#known === undefined) return "the devices of this computer are being tried";
    const chosen = this.chosen(wanted);
    if (chosen?.report?.available === true) return undefined;
    return wanted === "auto" ? "no device of this computer works" : `${wanted} does not work`;
  }

  #tried(running: Promise<unknown> = Promise.resolve()): Promise<readonly DeviceReport[]> {
    const trial = newTrial();
    this.#trial = trial;
    const probe = () => this.#probeAll(trial);
    return this.#kept(running.then(probe, probe));
  }

  /** A probe that failed or found nothing is repeated when the list is next needed. */
  #kept(made: Promise<readonly DeviceReport[]>): Promise<readonly DeviceReport[]> {
    const forget = (): void => {
      if (this.#reports === made) this.#reports = undefined;
    };
    made.then((reports) => bestOf(reports) ?? forget(), forget);
    return made;
  }

  #probeAll(trial: Trial): Promise<readonly DeviceReport[]> {
    const working = (this.#known ?? []).filter(({ available }) => available);
    return this.#probeBut(this.#isBusy ? working : [], trial, this.#quietMs);
  }

  /** Probes all devices except those with known reports. */
  async #probeBut(
    known: readonly DeviceReport[],
    { alone, measuring }: Trial,
    quietMs: number,
  ): Promise<readonly DeviceReport[]> {
    const { signal } = measuring;
    const reports = await this.#probe(known, async (found) => {
      this.#learn(found);
      alone.resolve(found);
      await sleep(quietMs, undefined, { signal }).catch(() => undefined);
      if (this.#isBusy) measuring.abort();
      return signal;
    });
    this.#learn(reports);
    if (signal.aborted) this.#measureLater();
    return reports;
  }

  /** A picture started first. */
  #measureLater(): void {
    clearTimeout(this.#later);
    if (this.#isClosed) return;
    this.#later = setTimeout(() => {
      if (this.#isBusy) this.#measureLater();
      else this.#measure();
    }, this.#quietMs).unref();
  }

  #measure(): void {
    const others = (this.#known ?? []).filter(({ provider }) => provider !== "cpu");
    const trial = newTrial();
    this.#trial = trial;
    this.#reports = this.#kept(this.#probeBut(others, trial, 0));
  }

  #learn(reports: readonly DeviceReport[]): void {
    this.#known = reports;
    this.#options.onChange?.();
  }

  get #isBusy(): boolean {
    return this.#options.isBusy?.() === true;
  }
}

function newTrial(): Trial {
  return { alone: Promise.withResolvers(), measuring: new AbortController() };
}

/** The device that the user chose, otherwise the one in DARKROOM_DEVICE. */
export function wantedDevice(
  { device }: Pick<Settings, "device">,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): DeviceName {
  if (device !== "auto") return device;
  const named = environment["DARKROOM_DEVICE"];
  return DEVICE_NAMES.find((name) => name === named) ?? "auto";
}

/** What providers are called in words. */
const CALLED: Readonly<Record<DeviceReport["provider"], string>> = {
  cuda: "CUDA",
  dml: "DirectML",
  coreml: "Core ML",
  webgpu: "WebGPU",
  cpu: "CPU",
};
