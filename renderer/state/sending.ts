import { create } from "zustand";
import type { Transfer } from "../../engine/contract/transfers.ts";

/** Files that this page is sending to the studio, each shown as the upload it will become. */
export interface Sending {
  readonly transfer: Transfer;
  readonly cancel: () => void;
}

export const useSending = create<{ readonly all: readonly Sending[] }>()(() => ({ all: [] }));

/** Minimum interval between updates, milliseconds. */
const TICK_MS = 250;

/** Shows files as being sent until `end` is called. */
export function beginSending(name: string, totalBytes: number, cancel: () => void) {
  const id = `sending-${performance.now()}-${name}`;
  const begun = performance.now();
  const createdAt = new Date().toISOString();
  let told = 0;
  const put = (doneBytes: number, measured: Partial<Transfer> = {}): void => {
    const fixed = { id, kind: "upload", name, state: "running", createdAt } as const;
    const transfer = { ...fixed, doneBytes, totalBytes, ...measured };
    useSending.setState(({ all }) => ({ all: [...without(all, id), { transfer, cancel }] }));
  };
  put(0);
  return {
    progress: (doneBytes: number): void => {
      const now = performance.now();
      if (now - told < TICK_MS) return;
      told = now;
      const bytesPerSecond = (1000 * doneBytes) / (now - begun);
      const secondsLeft =
        bytesPerSecond > 0 ? (totalBytes - doneBytes) / bytesPerSecond : undefined;
      put(doneBytes, { bytesPerSecond, secondsLeft });
    },
    end: (): void => useSending.setState(({ all }) => ({ all: without(all, id) })),
  };
}

function without(all: readonly Sending[], id: string): readonly Sending[] {
  return all.filter(({ transfer }) => transfer.id !== id);
}
