import type { ReactNode } from "react";
import styles from "./section.module.css";

/** Choices that belong together, under their name. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section} aria-label={title}>
      <h2 className={styles.title}>{title}</h2>
      <div className={styles.body}>{children}</div>
    </section>
  );
}

/** A name, what it says, and what can be done about it. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <span className={styles.name}>{name}</span>
      <div className={styles.value}>{children}</div>
    </div>
  );
}

/** Buttons in a row. */
export function Actions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}

/** A quiet sentence of help. */
export function Help({ children }: { children: ReactNode }) {
  return <p className={styles.help}>{children}</p>;
}
