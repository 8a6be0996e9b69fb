import type { Connection, ConnectionCheck } from "../../../engine/contract/buckets.ts";
import { type ConnectionField, fieldOf } from "../../state/connections.ts";
import { useWords } from "../../words/words.ts";
import { type Draft, faultsOf } from "./draft.ts";

/** What every part of the form is handed. */
export interface FieldsProps {
  readonly draft: Draft;
  /** What is saved already. */
  readonly connection: Connection | undefined;
  /** What is to be put right: it gets the focus. */
  readonly field: ConnectionField | undefined;
  /** A test that failed. */
  readonly check: ConnectionCheck | undefined;
  readonly areFaultsShown: boolean;
  readonly onChange: (change: Partial<Draft>) => void;
}

/** What stands under a field: what was typed wrong, else what the test found. */
export function useFieldError(fields: FieldsProps) {
  const t = useWords("buckets");
  const { draft, connection, check, areFaultsShown } = fields;
  const faults = faultsOf(draft, connection);
  return (field: ConnectionField): string | undefined => {
    const fault = faults[field];
    if (fault !== undefined && areFaultsShown) return t(`faults.${fault}`);
    return check?.error && fieldOf(check.error.code) === field ? check.error.message : undefined;
  };
}
