import { create } from "zustand";

/** How far the gallery's index is being built anew. */
export interface RebuildState {
  readonly isRunning: boolean;
  readonly done: number;
  readonly total: number;
}

export const useRebuild = create<RebuildState>()(() => ({ isRunning: false, done: 0, total: 0 }));
