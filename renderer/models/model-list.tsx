import { useQuery } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { ListBox, ListBoxItem } from "react-aria-components";
import { STARTER_ID, type StoredModel } from "../../engine/contract/models.ts";
import { useStudio } from "../connection/studio.tsx";
import { Icon } from "../ui/icon.tsx";
import { formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import styles from "./model-list.module.css";

export interface ModelListProps {
  readonly models: readonly StoredModel[];
  readonly openId: string | undefined;
  readonly onOpen: (id: string) => void;
}

/** What is in the store, the starter first. */
export function ModelList({ models, openId, onOpen }: ModelListProps) {
  const t = useWords("models");
  return (
    <ListBox
      aria-label={t("list")}
      className={styles.list ?? ""}
      selectionMode="single"
      disallowEmptySelection={openId !== undefined}
      selectedKeys={openId === undefined ? [] : [openId]}
      onSelectionChange={(keys) => {
        const chosen = models.find(({ id }) => keys !== "all" && keys.has(id));
        if (chosen) onOpen(chosen.id);
      }}
    >
      {models.map((model) => (
        <ModelRow key={model.id} model={model} />
      ))}
    </ListBox>
  );
}

function ModelRow({ model }: { model: StoredModel }) {
  const t = useWords("models");
  const { queries } = useStudio();
  const inUse = useQuery(queries.settings.get.queryOptions()).data?.model === model.id;
  const { id, summary, problem, diskBytes } = model;
  const name = summary?.name ?? id;
  return (
    <ListBoxItem id={id} textValue={name} className={styles.row ?? ""}>
      <span className={styles.head}>
        <span className={styles.name}>{name}</span>
        {inUse && <span className={styles.badge}>{t("inUse")}</span>}
      </span>
      <span className={styles.line}>
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
      </span>
    </ListBoxItem>
  );
}
