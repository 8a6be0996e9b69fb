import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { useContextMenu } from "../../shortcuts/context-menu.tsx";
import { useWords } from "../../words/words.ts";
import { EndpointCard } from "./endpoint-card.tsx";
import styles from "../endpoints-page.module.css";
import type { Place } from "../use-endpoint-address.ts";

export interface EndpointListProps {
  readonly endpoints: readonly Endpoint[];
  readonly onEdit: (id: string, place?: Place) => void;
  /** A card has taken what was dropped. */
  readonly onDropped: () => void;
}

/** All endpoints as cards, in the order they were added. */
export function EndpointList({ endpoints, onEdit, onDropped }: EndpointListProps) {
  const t = useWords("endpoints");
  const { open, menu } = useContextMenu(t("actions.group"));
  return (
    <>
      <ul className={styles.cards} aria-label={t("list")}>
        {endpoints.map((endpoint) => (
          <li key={endpoint.id} className={styles.place}>
            <EndpointCard endpoint={endpoint} onEdit={onEdit} onMenu={open} onDropped={onDropped} />
          </li>
        ))}
      </ul>
      {menu}
    </>
  );
}
