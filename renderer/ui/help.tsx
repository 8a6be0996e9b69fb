import { CircleHelp } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Button, ButtonContext, DialogTrigger, Popover } from "react-aria-components";
import { useWords } from "../words/words.ts";
import { Icon } from "./icon.tsx";
import styles from "./help.module.css";

/** Explains a label on request. Put beside a field's label, it is not a button of that field. */
export function Help({ about, children }: { about: string; children: ReactNode }) {
  const t = useWords("ui");
  const id = useId();
  return (
    <DialogTrigger>
      <ButtonContext.Provider value={null}>
        <Button className={styles.button ?? ""} aria-label={t("help", { about })}>
          <Icon of={CircleHelp} />
        </Button>
      </ButtonContext.Provider>
      <Popover className={styles.popover ?? ""} placement="top" offset={6} aria-labelledby={id}>
        <span id={id} hidden>
          {about}
        </span>
        <div className={styles.text}>{children}</div>
      </Popover>
    </DialogTrigger>
  );
}
