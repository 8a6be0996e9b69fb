import { create } from "zustand";
import type { Transfer } from "../../engine/contract/transfers.ts";

/** Downloads, imports and checks of model files, newest first. */
export interface TransfersState {
  readonly isLoaded: boolean;
  readonly all: readonly Transfer[];
}

export const useTransfers = create<TransfersState>()(() => ({ isLoaded: false, all: [] }));

export function replaceTransfers(transfers: readonly Transfer[]): void {
  useTransfers.setState({ isLoaded: true, all: sorted(transfers) });
}

export function mergeTransfers(changed: readonly Transfer[]): void {
  const ids = new Set(changed.map(({ id }) => id));
  useTransfers.setState(({ all }) => ({
    all: sorted([...changed, ...all.filter(({ id }) => !ids.has(id))]),
  }));
}

export function forgetTransfers(ids: readonly string[]): void {
  const gone = new Set(ids);
  useTransfers.setState(({ all }) => ({ all: all.filter(({ id }) => !gone.has(id)) }));
}

/** Whether it is transferring bytes, or waiting to. */
export function isActive({ state }: Transfer): boolean {
  return state === "waiting" || state === "running";
}

function sorted(transfers: readonly Transfer[]): readonly Transfer[] {
  return transfers.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
}
