import { CircleAlert, CircleCheck, CircleDashed, LoaderCircle } from "lucide-react";
import type { Connection } from "../../engine/contract/buckets.ts";
import { useConnectionTests } from "../state/connections.ts";
import { Icon } from "../ui/icon.tsx";
import { ListLine, ListRow } from "../ui/list-page.tsx";
import { useWords } from "../words/words.ts";
import styles from "./connection-row.module.css";

const SIGNS = {
  ready: CircleCheck,
  failed: CircleAlert,
  unknown: CircleDashed,
  testing: LoaderCircle,
} as const;

/** A connection with its bucket, its host, and how it stands with it as far as that is known. */
export function ConnectionRow({ connection }: { connection: Connection }) {
  const t = useWords("buckets");
  const { id, name, bucket, origin, check } = connection;
  const isTesting = useConnectionTests(({ running }) => running.has(id));
  const state = isTesting ? "testing" : (check?.state ?? "unknown");
  return (
    <ListRow id={id} name={name}>
      <ListLine>
        {bucket ?? t("anyBucket")}
        <span className={styles.host}>{origin.replace(/^https?:\/\//, "")}</span>
      </ListLine>
      <span className={styles.state} data-state={state}>
        <Icon of={SIGNS[state]} />
        {t(`state.${state}`)}
      </span>
    </ListRow>
  );
}
