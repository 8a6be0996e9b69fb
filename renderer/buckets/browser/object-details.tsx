import { useQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import type { BucketPlace, ObjectDetails } from "../../../engine/contract/buckets.ts";
import { useStudio } from "../../connection/studio.tsx";
import { refreshBuckets } from "../../state/connections.ts";
import { Failed, Skeleton } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { formatBytes, formatWhen } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "./bucket-details.module.css";

/** What the bucket knows about an object: its size, type and checksum, and the versions it keeps. */
export function OfObject({ place, objectKey: key }: { place: BucketPlace; objectKey: string }) {
  const t = useWords("buckets");
  const { queries } = useStudio();
  const asked = useQuery({
    ...queries.buckets.details.queryOptions({ input: { ...place, key } }),
    staleTime: 10_000,
  });
  const { data: object, error, refetch } = asked;
  if (error)
    return <Failed title={t("details.failed")} error={error} onRetry={() => void refetch()} />;
  if (object === undefined) return <Skeleton className={styles.skeleton} />;
  return (
    <>
      <dl className={styles.facts}>
        <Fact name={t("columns.bytes")}>{formatBytes(object.bytes)}</Fact>
        <Fact name={t("details.type")}>{object.contentType ?? t("details.unknown")}</Fact>
        {object.modifiedAt !== undefined && (
          <Fact name={t("columns.modifiedAt")}>
            {`${formatWhen(object.modifiedAt)} (${exactly(object.modifiedAt)})`}
          </Fact>
        )}
        <Fact name={t("details.storageClass")}>{object.storageClass ?? t("details.standard")}</Fact>
        {object.checksum !== undefined && (
          <Fact name={t("details.checksum")}>
            <code>{object.checksum}</code>
          </Fact>
        )}
        {object.etag !== undefined && (
          <Fact name={t("details.etag")}>
            <code>{object.etag}</code>
          </Fact>
        )}
        {Object.entries(object.metadata).map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      </dl>
      <Versions place={place} object={object} />
    </>
  );
}

function exactly(iso: string): string {
  return new Date(iso).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}

/** Earlier versions of an object, each of which can be restored. */
function Versions({ place, object }: { place: BucketPlace; object: ObjectDetails }) {
  const t = useWords("buckets");
  const studio = useStudio();
  const { key, versions } = object;
  if (versions.length === 0) return <p className={styles.help}>{t("details.noVersions")}</p>;
  const restore = async (versionId: string) => {
    await studio.client.buckets.restore({ ...place, key, versionId });
    refreshBuckets(studio);
    showToast(t("details.restored"));
  };
  return (
    <section className={styles.versions} aria-label={t("details.versions")}>
      <h4>{t("details.versions")}</h4>
      <ul>
        {versions.map(({ versionId, isLatest, isDeletion, bytes, modifiedAt }) => (
          <li key={versionId} className={styles.version}>
            <span>
              {modifiedAt === undefined ? versionId : formatWhen(modifiedAt)}
              <span className={styles.quiet}>
                {isDeletion ? t("details.deletion") : formatBytes(bytes)}
              </span>
            </span>
            {isLatest ? (
              <span className={styles.quiet}>{t("details.latest")}</span>
            ) : (
              !isDeletion && (
                <Button
                  size="dense"
                  variant="plain"
                  icon={RotateCcw}
                  onPress={() => attempt(restore(versionId))}
                >
                  {t("details.restore")}
                </Button>
              )
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** One line of details. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
