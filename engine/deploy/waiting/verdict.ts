import type { DeployState } from "../../contract/deploy-states.ts";

/** A deployment's state. A table gives each state's outlook, unless the verdict has its own. */
export type Verdict = Omit<DeployState, "lines" | "outlook"> &
  Partial<Pick<DeployState, "outlook">>;

/** Adds the cluster's own words, if there are any. */
export function quoting(verdict: Verdict, said: string): Verdict {
  return said === "" ? verdict : { ...verdict, said };
}
