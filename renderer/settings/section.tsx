import { type ReactNode, useId, useMemo } from "react";
import type { settingLines } from "../words/en/setting-lines.ts";
import { useWords } from "../words/words.ts";
import { type Kept, KeptWords, SectionKeptContext } from "./kept.tsx";
import styles from "./section.module.css";
import { useFoundLines, useSettingsAddress } from "./settings-address.ts";
import { useLinked } from "./use-linked.ts";

/** A part of the page that has lines. */
export type SectionId = (typeof settingLines)[keyof typeof settingLines]["section"];

interface SectionProps {
  readonly of: SectionId;
  /** Where all its lines are stored, if that is one place: it is then said once. */
  readonly kept?: Kept;
  readonly children: ReactNode;
}

/** A section with its heading, shown if a search matches any of its lines. */
export function Section({ of, kept, children }: SectionProps) {
  const t = useWords("settings");
  const found = useFoundLines(useSettingsAddress().search);
  const id = useId();
  const told = useMemo(() => ({ kept, id }), [kept, id]);
  const lines = t("lines", { returnObjects: true });
  if (![...found].some((id) => lines[id].section === of)) return null;
  return (
    <Titled title={t(`${of}.title`)}>
      <SectionKeptContext value={told}>{children}</SectionKeptContext>
      {kept !== undefined && (
        <p id={id} className={styles.help}>
          <KeptWords kept={kept} />
        </p>
      )}
    </Titled>
  );
}

interface TitledProps {
  readonly title: string;
  /** What the address calls it, if links lead to it. */
  readonly link?: string;
  readonly children: ReactNode;
}

/** A section with a heading. */
export function Titled({ title, link, children }: TitledProps) {
  const [place] = useLinked<HTMLElement>(link);
  return (
    <section ref={place} className={styles.section} aria-label={title} tabIndex={-1}>
      <h2 className={styles.title}>{title}</h2>
      <div className={styles.body}>{children}</div>
    </section>
  );
}

/** A name, its value, and the actions for it. */
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

/** A secondary sentence of help. */
export function Help({ children }: { children: ReactNode }) {
  return <p className={styles.help}>{children}</p>;
}
