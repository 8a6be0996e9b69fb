import type { DeployState } from "../../contract/deploy-states.ts";

/** Where a deployment stands; what a state means for the outlook stands in one table, from which a verdict may depart. */
export type Verdict = Omit<DeployState, "lines" | "outlook"> &
  Partial<Pick<DeployState, "outlook">>;

/** Adds what the cluster said, where it said something. */
export function quoting(verdict: Verdict, said: string): Verdict {
  return said === "" ? verdict : { ...verdict, said };
}
