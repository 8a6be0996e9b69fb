import type { LucideIcon } from "lucide-react";
import styles from "./drop-sign.module.css";
import { Icon } from "./icon.tsx";

/** What becomes of the files that hang over the page, at its foot. */
export function DropSign({ icon, children }: { icon: LucideIcon; children: string }) {
  return (
    <p className={styles.sign}>
      <Icon of={icon} />
      {children}
    </p>
  );
}
