import type { DeviceName, DeviceReport } from "../contract/devices.ts";
import { bestOf } from "../drawing/devices.ts";

/** The device that would draw now, and why a better one does not. */
export interface ChosenDevice {
  readonly provider: DeviceReport["provider"];
  readonly report: DeviceReport | undefined;
  readonly fallback: string | undefined;
}

/** What this machine can draw on: tried once, in processes of their own, and kept. */
export class DeviceList {
  readonly #probe: () => Promise<readonly DeviceReport[]>;
  readonly #onChange: () => void;
  #reports: Promise<readonly DeviceReport[]> | undefined;
  #known: readonly DeviceReport[] | undefined;

  constructor(probe: () => Promise<readonly DeviceReport[]>, onChange: () => void = () => {}) {
    this.#probe = probe;
    this.#onChange = onChange;
  }

  /** Those tried before; `isFresh` tries again. */
  list(isFresh = false): Promise<readonly DeviceReport[]> {
    if (this.#reports === undefined || isFresh) this.#reports = this.#try();
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

  async #try(): Promise<readonly DeviceReport[]> {
    try {
      this.#known = await this.#probe();
      this.#onChange();
      return this.#known;
    } catch (error) {
      this.#reports = undefined;
      throw error;
    }
  }
}
