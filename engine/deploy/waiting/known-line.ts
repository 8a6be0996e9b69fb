import type { DeployStateName } from "../../contract/deploy-states.ts";

/** A kind of line, and what it means. */
export interface KnownLine {
  readonly pattern: RegExp;
  readonly meaning: string | ((match: RegExpExecArray) => string);
  /** Where the deployment stands for it, if it says that something went wrong. */
  readonly trouble?: DeployStateName;
  readonly advice?: string;
  /** Whether it says that the trouble before it is over. */
  readonly isRelief?: true;
}
