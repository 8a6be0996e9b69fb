import { create } from "zustand";

/** The progress of rebuilding the gallery's index. */
export interface RebuildState {
  readonly isRunning: boolean;
  readonly done: number;
  readonly total: number;
}

export const useRebuild = create<RebuildState>()(() => ({ isRunning: false, done: 0, total: 0 }));
