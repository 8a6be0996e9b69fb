import type { ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from "react-aria-components";
import styles from "./tabs.module.css";

export interface TabsProps<Id extends string> {
  readonly label: string;
  readonly tabs: readonly {
    readonly id: Id;
    readonly label: string;
    readonly content: ReactNode;
  }[];
  readonly chosen?: Id;
  readonly onChange?: (id: Id) => void;
}

/** One panel of several. */
export function Tabs<Id extends string>({ label, tabs, chosen, onChange }: TabsProps<Id>) {
  return (
    <AriaTabs
      className={styles.tabs ?? ""}
      {...(chosen !== undefined && { selectedKey: chosen })}
      onSelectionChange={(key) => {
        const tab = tabs.find(({ id }) => id === key);
        if (tab) onChange?.(tab.id);
      }}
    >
      <TabList aria-label={label} className={styles.list ?? ""}>
        {tabs.map(({ id, label }) => (
          <Tab key={id} id={id} className={styles.tab ?? ""}>
            {label}
          </Tab>
        ))}
      </TabList>
      {tabs.map(({ id, content }) => (
        <TabPanel key={id} id={id} className={styles.panel ?? ""}>
          {content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
