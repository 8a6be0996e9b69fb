import { DEVICE_NAMES, type DeviceName, type DeviceReport } from "../contract/devices.ts";
import type { Settings } from "../contract/settings.ts";
import { bestOf, type Probe } from "../drawing/devices.ts";

/** The device that would draw now, and why a better one does not. */
export interface ChosenDevice {
  readonly provider: DeviceReport["provider"];
  readonly report: DeviceReport | undefined;
  readonly fallback: string | undefined;
}

export interface DeviceListOptions {
  readonly onChange?: () => void;
  /** Whether a picture is being drawn: what works is not tried then, which would slow both and measure neither. */
  readonly isBusy?: () => boolean;
}

/** What this machine can draw on: tried once, in processes of their own, and kept as far as anything works. */
export class DeviceList {
  readonly #probe: Probe;
  readonly #options: DeviceListOptions;
  #reports: Promise<readonly DeviceReport[]> | undefined;
  #known: readonly DeviceReport[] | undefined;

  constructor(probe: Probe, options: DeviceListOptions = {}) {
    this.#probe = probe;
    this.#options = options;
  }

  /** Those tried before; `isFresh` tries again, after what is being tried now. */
  list(isFresh = false): Promise<readonly DeviceReport[]> {
    if (this.#reports === undefined || isFresh) this.#reports = this.#try(this.#reports);
    return this.#reports;
  }

  /** The device that `wanted` comes to; undefined before devices were tried. */
  chosen(wanted: DeviceName): ChosenDevice | undefined {
    const known = this.#known;
    const best = known && bestOf(known);
    if (known === undefined || best === undefined) return undefined;
    const named = known.find(({ provider }) => provider === wanted);
    const report = wanted === "auto" ? best : named;
    const passedOver = known.filter(
      ({ reason, provider }) => reason !== undefined && provider !== "cpu",
    );
    const reasons = passedOver.map(({ provider, reason }) => `${provider}: ${reason}`);
    const isFallback = wanted === "auto" && best.provider === "cpu" && reasons.length > 0;
    return {
      provider: report?.provider ?? best.provider,
      report,
      fallback: isFallback ? reasons.join("; ") : undefined,
    };
  }

  /** A try that fails, or finds nothing that works, is made again when the list is next asked for. */
  #try(running: Promise<unknown> = Promise.resolve()): Promise<readonly DeviceReport[]> {
    const made = running.then(
      () => this.#probeAll(),
      () => this.#probeAll(),
    );
    const forget = (): void => {
      if (this.#reports === made) this.#reports = undefined;
    };
    made.then((reports) => bestOf(reports) ?? forget(), forget);
    return made;
  }

  async #probeAll(): Promise<readonly DeviceReport[]> {
    const isBusy = this.#options.isBusy?.() === true;
    const working = (this.#known ?? []).filter(({ available }) => available);
    this.#known = await this.#probe(isBusy ? working : []);
    this.#options.onChange?.();
    return this.#known;
  }
}

/** The device that a person chose; where that is left open, the one that DARKROOM_DEVICE names. */
export function wantedDevice(
  { device }: Pick<Settings, "device">,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): DeviceName {
  if (device !== "auto") return device;
  const named = environment["DARKROOM_DEVICE"];
  return DEVICE_NAMES.find((name) => name === named) ?? "auto";
}
