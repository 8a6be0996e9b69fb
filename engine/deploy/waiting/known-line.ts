import type { DeployStateName } from "../../contract/deploy-states.ts";

/** A kind of line and its meaning. */
export interface KnownLine {
  readonly pattern: RegExp;
  readonly meaning: string | ((match: RegExpExecArray) => string);
  /** The deployment's state, if the line says that something went wrong. */
  readonly trouble?: DeployStateName;
  readonly advice?: string;
  /** Whether the line says that earlier trouble is over. */
  readonly isRelief?: true;
}
