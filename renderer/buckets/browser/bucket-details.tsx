import { useQuery } from "@tanstack/react-query";
import { Copy, FolderInput, ListChecks, PackageSearch, Radio } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import type { BucketPlace } from "../../../engine/contract/buckets.ts";
import { Checklist } from "../../archive/checklist.tsx";
import { useStudio } from "../../connection/studio.tsx";
import { Failed, Skeleton } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { formatCount } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { useImportModel, useServeModel } from "./bring-model.ts";
import styles from "./bucket-details.module.css";
import { Fact, OfObject } from "./object-details.tsx";
import { KIND_ICONS } from "./object-row.tsx";
import { fileKindOf, lastNameOf, mayBeArchive, type Row } from "./rows.ts";

export interface BucketDetailsProps {
  readonly place: BucketPlace;
  readonly bucket: string;
  /** The open folder; empty for the bucket itself. */
  readonly prefix: string;
  readonly chosen: readonly Row[];
}

/**
 * Details of the one selected folder or object, or of the open folder if nothing is selected; for several, their total
 * size.
 */
export function BucketDetails({ place, bucket, prefix, chosen }: BucketDetailsProps) {
  const t = useWords("buckets");
  const [row = prefix === "" ? undefined : folderRow(prefix)] = chosen;
  if (row === undefined) return <p className={styles.note}>{t("details.nothing")}</p>;
  const count = chosen.length;
  if (count > 1) {
    const formatted = formatCount(count);
    return <p className={styles.note}>{t("details.many", { count, formatted })}</p>;
  }
  return (
    <div className={styles.details}>
      <Head row={row} />
      <dl className={styles.facts}>
        <PathFact name={t("details.path")} value={row.key} />
        <PathFact name={t("details.address")} value={`s3://${bucket}/${row.key}`} />
      </dl>
      {mayBeArchive(row) && <ArchiveVerbs place={place} objectKey={row.key} />}
      {row.kind === "folder" ? (
        <OfFolder key={row.key} place={place} prefix={row.key} />
      ) : (
        <OfObject key={row.key} place={place} objectKey={row.key} />
      )}
    </div>
  );
}

function folderRow(prefix: string): Row {
  return { kind: "folder", key: prefix, name: lastNameOf(prefix) };
}

/** Whether a folder can be deployed as it is, checked on request, and the model in it. */
function OfFolder({ place, prefix }: { place: BucketPlace; prefix: string }) {
  const t = useWords("buckets");
  const { queries } = useStudio();
  const [isAsked, setIsAsked] = useState(false);
  const importModel = useImportModel(place);
  const serveModel = useServeModel(place);
  const asked = useQuery({
    ...queries.buckets.check.queryOptions({ input: { ...place, prefix } }),
    enabled: isAsked,
    staleTime: 0,
    // Other programs change buckets, so an old result is not shown again.
    gcTime: 0,
  });
  const { data, error, isFetching, refetch } = asked;
  const look = () => (isAsked ? void refetch() : setIsAsked(true));
  return (
    <>
      <p className={styles.help}>{t("details.folderHelp")}</p>
      <div className={styles.verbs}>
        <Button icon={ListChecks} isPending={isFetching} onPress={look}>
          {t(isAsked ? "details.checkAgain" : "details.check")}
        </Button>
        <Button icon={Radio} onPress={() => serveModel(prefix)}>
          {t("actions.serve")}
        </Button>
        {data?.archiveKey !== undefined && (
          <Button icon={FolderInput} onPress={() => importModel(prefix)}>
            {t("actions.import")}
          </Button>
        )}
      </div>
      {isFetching && data === undefined && <Skeleton className={styles.skeleton} />}
      {error && <Failed title={t("details.checkFailed")} error={error} onRetry={look} />}
      {data && <Checklist checks={data.checks} />}
    </>
  );
}

/** The actions for an archive: import it, or look inside first. */
function ArchiveVerbs({ place, objectKey }: { place: BucketPlace; objectKey: string }) {
  const t = useWords("buckets");
  const [, navigate] = useLocation();
  const importModel = useImportModel(place);
  const { connectionId, bucket } = place;
  const inside = new URLSearchParams({
    archive: objectKey,
    at: connectionId,
    ...(bucket !== undefined && { bucket }),
  });
  return (
    <div className={styles.verbs}>
      <Button icon={FolderInput} onPress={() => importModel(objectKey)}>
        {t("actions.import")}
      </Button>
      <Button icon={PackageSearch} onPress={() => navigate(`/models?${inside}`)}>
        {t("actions.inside")}
      </Button>
    </div>
  );
}

function Head({ row }: { row: Row }) {
  const t = useWords("buckets");
  const kind = fileKindOf(row);
  return (
    <header className={styles.head}>
      <Icon of={KIND_ICONS[kind]} size={20} />
      <div className={styles.title}>
        <h3 className={styles.name}>{lastNameOf(row.key)}</h3>
        <p className={styles.kind}>{t(`kinds.${kind}`)}</p>
      </div>
    </header>
  );
}

/** A path with a copy button. */
function PathFact({ name, value }: { name: string; value: string }) {
  const t = useWords("buckets");
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    showToast(t("copied"));
  };
  return (
    <Fact name={name}>
      <span className={styles.path}>
        <code>{value}</code>
        <IconButton
          icon={Copy}
          size="dense"
          label={t("details.copy", { what: name })}
          onPress={() => attempt(copy())}
        />
      </span>
    </Fact>
  );
}
