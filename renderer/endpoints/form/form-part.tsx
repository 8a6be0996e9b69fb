import { type ReactNode, useEffect, useRef } from "react";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import type { Place } from "../use-endpoint-address.ts";
import type { Draft } from "./draft.ts";
import styles from "./endpoint-form.module.css";

/** The properties of every part of the form. */
export interface FieldsProps {
  readonly draft: Draft;
  /** The saved endpoint, if there is one. */
  readonly endpoint: Endpoint | undefined;
  /** The field to correct; it gets the focus. */
  readonly place: Place | undefined;
  readonly areFaultsShown: boolean;
  readonly onChange: (change: Partial<Draft>) => void;
}

export interface PartProps {
  readonly title: string;
  /** Scrolls into view, because the field to correct is here. */
  readonly isSought?: boolean;
  readonly children: ReactNode;
}

/** A group of fields. */
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
