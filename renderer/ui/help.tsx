import { CircleHelp } from "lucide-react";
import type { ReactNode } from "react";
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { useWords } from "../words/words.ts";
import { Icon } from "./icon.tsx";
import styles from "./help.module.css";

/** What a word means, for who asks. */
export function Help({ about, children }: { about: string; children: ReactNode }) {
  const t = useWords("ui");
  return (
    <DialogTrigger>
      <Button className={styles.button ?? ""} aria-label={t("help", { about })}>
        <Icon of={CircleHelp} />
      </Button>
      <Popover className={styles.popover ?? ""} placement="top" offset={6}>
        <Dialog className={styles.text ?? ""} aria-label={about}>
          {children}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
