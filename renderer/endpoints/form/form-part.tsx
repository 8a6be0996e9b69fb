import type { ReactNode } from "react";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import type { Place } from "../use-endpoint-address.ts";
import type { Draft } from "./draft.ts";
import styles from "./endpoint-form.module.css";

/** What every part of the form is handed. */
export interface FieldsProps {
  readonly draft: Draft;
  /** What is saved already. */
  readonly endpoint: Endpoint | undefined;
  /** What wants to be put right: it gets the focus. */
  readonly place: Place | undefined;
  readonly areFaultsShown: boolean;
  readonly onChange: (change: Partial<Draft>) => void;
}

/** Fields that belong together. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className={styles.part}>
      <legend className={styles.legend}>{title}</legend>
      <div className={styles.fields}>{children}</div>
    </fieldset>
  );
}
