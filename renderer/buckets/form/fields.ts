import type { Connection, ConnectionCheck } from "../../../engine/contract/buckets.ts";
import { type ConnectionField, fieldOf } from "../../state/connections.ts";
import { useWords } from "../../words/words.ts";
import { type Draft, faultsOf } from "./draft.ts";

/** The properties of every part of the form. */
export interface FieldsProps {
  readonly draft: Draft;
  /** The saved connection, if there is one. */
  readonly connection: Connection | undefined;
  /** The field to correct; it gets the focus. */
  readonly field: ConnectionField | undefined;
  /** A failed test. */
  readonly check: ConnectionCheck | undefined;
  readonly areFaultsShown: boolean;
  readonly onChange: (change: Partial<Draft>) => void;
}

/** Returns a function for the text below a field: its error as typed, otherwise what the test found. */
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
