import { useStudio } from "../connection/studio.tsx";
import { isActive, useTransfers } from "../state/transfers.ts";
import { Button } from "../ui/button.tsx";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import styles from "./transfer-dock.module.css";
import { TransferRow } from "./transfer-row.tsx";

/** Downloads, imports and checks; there only while there are any. */
export function TransferDock() {
  const t = useWords("models");
  const { client } = useStudio();
  const transfers = useTransfers(({ all }) => all);
  if (transfers.length === 0) return null;
  const hasEnded = transfers.some((one) => !isActive(one) && one.state !== "paused");
  return (
    <section className={styles.dock} aria-label={t("transfers.title")}>
      <header className={styles.head}>
        <h2>{t("transfers.title")}</h2>
        {hasEnded && (
          <Button size="dense" variant="plain" onPress={() => attempt(client.transfers.clear())}>
            {t("transfers.clear")}
          </Button>
        )}
      </header>
      <ul className={styles.rows}>
        {transfers.map((transfer) => (
          <TransferRow key={transfer.id} transfer={transfer} />
        ))}
      </ul>
    </section>
  );
}
