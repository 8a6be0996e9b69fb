import { useQuery } from "@tanstack/react-query";
import { Check, Download } from "lucide-react";
import { useEffect, useRef } from "react";
import { useSearchParams } from "wouter";
import type { CatalogueEntry } from "../../engine/contract/catalogue.ts";
import { useStudio } from "../connection/studio.tsx";
import { useTransfers } from "../state/transfers.ts";
import { Failed, Skeleton } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { useKeptFocus } from "../ui/use-kept-focus.ts";
import { formatAbout, formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { ShortFit } from "./fit.tsx";
import styles from "./get-models.module.css";
import { downloadOf, type Offer } from "./offer.ts";
import { SampleThumbnail } from "./samples.tsx";

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
  const card = useRef<HTMLLIElement>(null);
  useKeptFocus(card);
  const { title, description, width, height, downloadBytes, storedId, fit } = entry;
  const size = formatBytes(downloadBytes);
  return (
    <li ref={card} className={styles.card}>
      <div className={styles.head}>
        {storedId !== undefined && <SampleThumbnail id={storedId} />}
        <h3 className={styles.name}>{title}</h3>
      </div>
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
        <Downloading entry={entry} onDownload={onDownload} />
      ) : (
        <Stored title={title} id={storedId} />
      )}
    </li>
  );
}

/** The button that downloads a model; while it is being downloaded, how far that is. */
function Downloading({ entry, onDownload }: { entry: CatalogueEntry; onDownload: () => void }) {
  const t = useWords("models");
  const words = useWords("transfers");
  const { title } = entry;
  const transfer = useTransfers(({ all }) => downloadOf(entry, all));
  const [done, total] = [transfer?.doneBytes ?? 0, transfer?.totalBytes ?? 0];
  const amount = { done: formatBytes(done), total: formatBytes(total) };
  const isStill = transfer !== undefined && transfer.state !== "running";
  return (
    <div className={styles.download}>
      {transfer && (
        <>
          <ProgressBar
            label={words("progress", { name: title, ...amount })}
            share={total === 0 ? undefined : done / total}
            isPaused={transfer.state === "paused"}
          />
          <span className={styles.text}>
            {isStill ? words(`state.${transfer.state}`) : words("amount", amount)}
          </span>
        </>
      )}
      <Button
        icon={Download}
        // It keeps the focus, unlike a disabled button.
        isPending={transfer !== undefined}
        onPress={onDownload}
        aria-label={`${t(transfer ? "catalogue.downloading" : "catalogue.download")} ${title}`}
      >
        {t(transfer ? "catalogue.downloading" : "catalogue.download")}
      </Button>
    </div>
  );
}

/** Says that a model is on this computer, and opens it. */
function Stored({ title, id }: { title: string; id: string }) {
  const t = useWords("models");
  const [, setAddress] = useSearchParams();
  return (
    <div className={styles.stored}>
      <Icon of={Check} />
      {t("catalogue.stored")}
      <Button
        aria-label={`${t("catalogue.open")} ${title}`}
        onPress={() => setAddress({ model: id })}
      >
        {t("catalogue.open")}
      </Button>
    </div>
  );
}
