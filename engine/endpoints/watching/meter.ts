import type { Traffic } from "../ask-endpoint.ts";
import type { Counted } from "./tally.ts";

/** The cost of a picture. */
interface Cost {
  /** From request to reply. */
  readonly seconds: number;
  /** The server's own figure, if its reply contains one. */
  readonly toldSeconds?: number | undefined;
}

/** Adds up the cost of one picture over all its requests, and reports it at the end. */
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

  /** Reports an ordinary picture. */
  drawn(cost: Cost): void {
    this.#report({ ...this.#costs(cost), seconds: cost.seconds });
  }

  /** Reports a test picture: its cost counts, but not its time, which differs from that of ordinary pictures. */
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
