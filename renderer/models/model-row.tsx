import { useQuery } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { STARTER_ID, type StoredModel } from "../../engine/contract/models.ts";
import { useStudio } from "../connection/studio.tsx";
import { Icon } from "../ui/icon.tsx";
import { ListLine, ListRow } from "../ui/list-page.tsx";
import { formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import styles from "./model-row.module.css";

/** A model of the store, with its size and whether it is the one in use. */
export function ModelRow({ model }: { model: StoredModel }) {
  const t = useWords("models");
  const { queries } = useStudio();
  const inUse = useQuery(queries.settings.get.queryOptions()).data?.model === model.id;
  const { id, summary, problem, diskBytes } = model;
  return (
    <ListRow
      id={id}
      name={summary?.name ?? id}
      aside={inUse && <span className={styles.badge}>{t("inUse")}</span>}
    >
      <ListLine>
        {problem ? (
          <span className={styles.bad}>
            <Icon of={CircleAlert} />
            {t("broken")}
          </span>
        ) : (
          summary && <span>{`${summary.width} × ${summary.height}`}</span>
        )}
        <span>{formatBytes(diskBytes)}</span>
        {id === STARTER_ID && <span>{t("starter")}</span>}
      </ListLine>
    </ListRow>
  );
}
