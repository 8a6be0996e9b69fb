import type { GenerationOrder } from "../../engine/contract/generation.ts";
import { useWords } from "../words/words.ts";
import styles from "./details.module.css";
import { RecordFields } from "./record-fields.tsx";

/** How a picture was asked for, while or because there is none. */
export function OrderDetails({ order }: { order: GenerationOrder }) {
  const t = useWords("picture");
  const { seed, initImageId: _, ...known } = order;
  return (
    <section className={styles.details} aria-label={t("details")}>
      <dl className={styles.fields}>
        <RecordFields record={seed === "" ? known : { ...known, seed }} />
      </dl>
    </section>
  );
}
