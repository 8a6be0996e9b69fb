import { type ReactNode, useEffect, useRef } from "react";
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

export interface PartProps {
  readonly title: string;
  /** It is brought into view: what is to be put right is here. */
  readonly isSought?: boolean;
  readonly children: ReactNode;
}

/** Fields that belong together. */
export function Part({ title, isSought = false, children }: PartProps) {
  const ref = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    if (isSought) ref.current?.scrollIntoView({ block: "start" });
  }, [isSought]);
  return (
    <fieldset ref={ref} className={styles.part}>
      <legend className={styles.legend}>{title}</legend>
      <div className={styles.fields}>{children}</div>
    </fieldset>
  );
}
