import { useQuery } from "@tanstack/react-query";
import { Check, Download } from "lucide-react";
import { useEffect } from "react";
import type { CatalogueEntry } from "../../engine/contract/catalogue.ts";
import { useStudio } from "../connection/studio.tsx";
import { Failed, Skeleton } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { formatAbout, formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { ShortFit } from "./fit.tsx";
import styles from "./get-models.module.css";
import type { Offer } from "./offer.ts";

export interface CatalogueListProps {
  /** Id of the entry to open immediately. */
  readonly wanted: string;
  readonly onOffer: (offer: Offer) => void;
}

/** The models that the studio knows by name. */
export function CatalogueList({ wanted, onOffer }: CatalogueListProps) {
  const t = useWords("models");
  const { queries } = useStudio();
  const { data, error, refetch } = useQuery(queries.models.catalogue.queryOptions());
  useEffect(() => {
    const entry = data?.find(({ id }) => id === wanted);
    if (entry && entry.storedId === undefined) onOffer({ kind: "catalogue", entry });
  }, [data, wanted, onOffer]);
  if (error) {
    return <Failed title={t("catalogue.failed")} error={error} onRetry={() => void refetch()} />;
  }
  if (data === undefined) return <Skeleton className={styles.skeleton} />;
  return (
    <ul className={styles.cards}>
      {data.map((entry) => (
        <Card
          key={entry.id}
          entry={entry}
          onDownload={() => onOffer({ kind: "catalogue", entry })}
        />
      ))}
    </ul>
  );
}

/** Who publishes it: the owner of its first source. */
function ownerOf({ sources: [first = ""] }: CatalogueEntry): string {
  return first.split("/", 1).join("");
}

function ExpectedTime({ entry }: { entry: CatalogueEntry }) {
  const { estimate, fastSeconds, untimed } = entry;
  const t = useWords("models");
  if (estimate === undefined) {
    return <span>{t("card.untimed", { reason: untimed })}</span>;
  }
  const time = formatAbout(estimate.seconds);
  if (fastSeconds === undefined) return <span>{t("card.time", { time })}</span>;
  return <span>{t("catalogue.times", { time, fast: formatAbout(fastSeconds) })}</span>;
}

function Card({ entry, onDownload }: { entry: CatalogueEntry; onDownload: () => void }) {
  const t = useWords("models");
  const { title, description, width, height, downloadBytes, storedId, fit } = entry;
  const size = formatBytes(downloadBytes);
  return (
    <li className={styles.card}>
      <h3 className={styles.name}>{title}</h3>
      <p className={styles.text}>{description}</p>
      <p className={styles.text}>
        {t("catalogue.size", { width, height, size, owner: ownerOf(entry) })}
      </p>
      <p className={styles.verdict}>
        <ShortFit verdict={fit.verdict} />
        <ExpectedTime entry={entry} />
      </p>
      <p className={styles.text}>{fit.reason}</p>
      {storedId === undefined ? (
        <Button
          icon={Download}
          onPress={onDownload}
          aria-label={`${t("catalogue.download")} ${title}`}
        >
          {t("catalogue.download")}
        </Button>
      ) : (
        <p className={styles.stored}>
          <Icon of={Check} />
          {t("catalogue.stored")}
        </p>
      )}
    </li>
  );
}
