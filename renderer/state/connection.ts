import { create } from "zustand";
import { isLockedOut, type Failure } from "../connection/failure.ts";

/** Whether the studio answers. `lockedOut` means that only a new address helps. */
export interface ConnectionState {
  readonly state: "connecting" | "live" | "lost" | "lockedOut";
  /** When the studio last answered. */
  readonly lostAt?: Date;
}

export const useConnection = create<ConnectionState>()(() => ({ state: "connecting" }));

/** Whether the studio has stopped answering: nothing is known about its pictures until it answers again. */
export function useIsLost(): boolean {
  return useConnection(({ state }) => state === "lost");
}

export function reportLive(): void {
  useConnection.setState({ state: "live" }, true);
}

export function reportLost(failure: Failure): void {
  useConnection.setState((before) => ({
    state: isLockedOut(failure) ? "lockedOut" : "lost",
    lostAt: before.lostAt ?? new Date(),
  }));
}
