import type { LucideIcon } from "lucide-react";
import styles from "./drop-sign.module.css";
import { Icon } from "./icon.tsx";

/** Says, at the bottom of the page, what dropping the dragged files would do. */
export function DropSign({ icon, children }: { icon: LucideIcon; children: string }) {
  return (
    <p className={styles.sign}>
      <Icon of={icon} />
      {children}
    </p>
  );
}
