import { Copy } from "lucide-react";
import { useState } from "react";
import type { BucketPlace } from "../../../engine/contract/buckets.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Button } from "../../ui/button.tsx";
import { Chips } from "../../ui/chips.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { formatEnd } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "./browser.module.css";
import { lastNameOf } from "./rows.ts";

/** How long a link is valid. A week is the maximum that S3 signs for. */
const TIMES = [
  ["quarter", 900],
  ["hour", 3600],
  ["day", 86_400],
  ["week", 604_800],
] as const;

export interface LinkDialogProps {
  readonly place: BucketPlace;
  /** Key of the shared object. */
  readonly objectKey: string;
  readonly onClose: () => void;
}

/** Creates a link with which anyone can open one object for a limited time. */
export function LinkDialog({ place, objectKey: key, onClose }: LinkDialogProps) {
  const t = useWords("buckets");
  const { client } = useStudio();
  const [time, setTime] = useState<(typeof TIMES)[number][0]>("hour");
  const copy = async () => {
    const seconds = TIMES.find(([name]) => name === time)?.[1] ?? 3600;
    const { url, expiresAt } = await client.buckets.link({ ...place, key, seconds });
    await navigator.clipboard.writeText(url);
    showToast(t("link.copied", { when: formatEnd(expiresAt) }));
    onClose();
  };
  return (
    <Dialog
      title={t("link.title", { name: lastNameOf(key) })}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("form.cancel")}</Button>
          <Button variant="filled" icon={Copy} onPress={() => attempt(copy())}>
            {t("link.yes")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <p className={styles.text}>{t("link.text")}</p>
        <Chips
          label={t("link.time")}
          value={time}
          onChange={setTime}
          chips={TIMES.map(([value]) => ({ value, label: t(`link.times.${value}`) }))}
        />
      </div>
    </Dialog>
  );
}
