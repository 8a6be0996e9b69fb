import type { Traffic } from "../ask-endpoint.ts";
import type { Counted } from "./tally.ts";

/** What is known of a picture's cost. */
interface Cost {
  /** From request to reply. */
  readonly seconds: number;
  /** The server's own figure, if its reply contains one. */
  readonly toldSeconds?: number | undefined;
}

/** Adds up what one picture of an endpoint costs, over all its requests, and reports it when it is known. */
export class Meter {
  readonly #report: (counted: Counted) => void;
  #traffic: Traffic = { bytesOut: 0, bytesIn: 0 };

  constructor(report: (counted: Counted) => void) {
    this.#report = report;
  }

  readonly onTraffic = ({ bytesOut, bytesIn }: Traffic): void => {
    const before = this.#traffic;
    this.#traffic = { bytesOut: before.bytesOut + bytesOut, bytesIn: before.bytesIn + bytesIn };
  };

  /** A picture that was asked for. */
  drawn(cost: Cost): void {
    this.#report({ ...this.#costs(cost), seconds: cost.seconds });
  }

  /** A small picture that finds something out: its cost counts, its time says nothing about the others. */
  triedOut(cost: Cost): void {
    this.#report(this.#costs(cost));
  }

  failed(code: string): void {
    this.#report({ code, ...this.#traffic });
  }

  #costs({ seconds, toldSeconds }: Cost): Counted {
    const isGpuTold = toldSeconds !== undefined;
    return { ...this.#traffic, gpuSeconds: toldSeconds ?? seconds, isGpuTold };
  }
}
