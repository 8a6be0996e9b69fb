import { useQuery } from "@tanstack/react-query";
import type { Generation } from "../../engine/contract/generation.ts";
import { useStudio } from "../connection/studio.tsx";
import { useWords } from "../words/words.ts";
import styles from "./details.module.css";
import { RecordFields } from "./record-fields.tsx";
import { isRemote } from "./targets.ts";

/** How a picture was asked for, while or because there is none. */
export function OrderDetails({ generation }: { generation: Generation }) {
  const { order, target } = generation;
  const t = useWords("picture");
  const { queries } = useStudio();
  const models = useQuery(queries.models.list.queryOptions()).data;
  const model = models?.find(({ id }) => id === order.model)?.summary?.name ?? order.model;
  const { width, height, isSizeOpen = false, initImageId: _, ...asked } = order;
  const known = { ...asked, ...(!isSizeOpen && { width, height }), model };
  return (
    <section className={styles.details} aria-label={t("details")}>
      <dl className={styles.fields}>
        <RecordFields record={known} untold={isRemote(target) ? t("endpointsOwn") : undefined} />
      </dl>
    </section>
  );
}
