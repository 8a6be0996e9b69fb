import { Search } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { useContextMenu } from "../../shortcuts/context-menu.tsx";
import { useActions } from "../../shortcuts/registry.ts";
import { endpointsThatMatch } from "../../state/endpoints.ts";
import { Empty } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { useWords } from "../../words/words.ts";
import type { Place } from "../use-endpoint-address.ts";
import { EndpointCard } from "./endpoint-card.tsx";
import styles from "./endpoint-list.module.css";

/** From this number on they no longer fit on one screen, and can be searched. */
const MANY = 8;

export interface EndpointListProps {
  readonly endpoints: readonly Endpoint[];
  readonly onEdit: (id: string, place?: Place) => void;
  /** Called after a card has taken what was dropped. */
  readonly onDropped: () => void;
}

/** All endpoints as cards, in the order they were added; many can be searched. */
export function EndpointList({ endpoints, ...ofCards }: EndpointListProps) {
  const t = useWords("endpoints");
  const [search, setSearch] = useState("");
  const isSearchable = endpoints.length >= MANY;
  const kindName = (kind: Endpoint["kind"]) => t(`kinds.${kind}`);
  const found = isSearchable ? endpointsThatMatch(endpoints, search, kindName) : endpoints;
  return (
    <>
      {isSearchable && (
        <div className={styles.search}>
          <EndpointSearch value={search} onChange={setSearch} />
          <span className={styles.count} aria-live="polite">
            {search !== "" && t("found", { found: found.length, count: endpoints.length })}
          </span>
        </div>
      )}
      {found.length === 0 ? (
        <Empty title={t("noMatch", { search })}>
          <Button onPress={() => setSearch("")}>{t("showAll")}</Button>
        </Empty>
      ) : (
        <Cards endpoints={found} {...ofCards} />
      )}
    </>
  );
}

function EndpointSearch(props: { value: string; onChange: (search: string) => void }) {
  const t = useWords("endpoints");
  const input = useRef<HTMLInputElement>(null);
  useActions(
    useMemo(() => {
      const [label, group] = [t("actions.search"), t("title")];
      const run = () => input.current?.focus();
      return [{ id: "endpoints.search", label, group, icon: Search, keys: "/", run }];
    }, [t]),
  );
  return (
    <SearchField
      {...props}
      label={t("actions.search")}
      placeholder={t("search")}
      inputRef={input}
    />
  );
}

function Cards({ endpoints, onEdit, onDropped }: EndpointListProps) {
  const t = useWords("endpoints");
  const { menu, ...shared } = useContextMenu(t("actions.group"));
  return (
    <>
      <ul className={styles.cards} aria-label={t("list")}>
        {endpoints.map((endpoint) => (
          <li key={endpoint.id} className={styles.place}>
            <EndpointCard endpoint={endpoint} onEdit={onEdit} menu={shared} onDropped={onDropped} />
          </li>
        ))}
      </ul>
      {menu}
    </>
  );
}
