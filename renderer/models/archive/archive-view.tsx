import { useQuery } from "@tanstack/react-query";
import { FolderInput, RefreshCw, ShieldAlert } from "lucide-react";
import type { ArchiveDescription } from "../../../engine/contract/archives.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import { Checklist } from "../../archive/checklist.tsx";
import { useStudio } from "../../connection/studio.tsx";
import { useImport } from "../../transfers/use-import.ts";
import { Failed, Skeleton } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { formatBytes } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { Fact } from "../model-facts.tsx";
import details from "../model-details.module.css";
import { ArchiveContents } from "./archive-contents.tsx";
import styles from "./archive-view.module.css";

/** A file or folder on this machine, or an object in a bucket. */
export type ArchivePlace =
  | { readonly path: string }
  | { readonly connectionId: string; readonly bucket?: string | undefined; readonly key: string };

/** An archive, before anything in it is unpacked or downloaded. */
export function ArchiveView({ place }: { place: ArchivePlace }) {
  const t = useWords("archive");
  const { queries } = useStudio();
  const { data, error, isFetching, refetch } = useQuery({
    ...queries.archives.inspect.queryOptions({ input: place }),
    // The file may have been replaced since it was last read.
    staleTime: 0,
  });
  const path = "path" in place ? place.path : place.key;
  const name = path.split(/[/\\]/).findLast((part) => part !== "") ?? path;
  if (error)
    return (
      <div className={details.details}>
        <Failed title={t("failed", { name })} error={error} onRetry={() => void refetch()} />
      </div>
    );
  if (data === undefined)
    return (
      <div className={details.details} aria-busy aria-label={t("opening", { name })}>
        <Skeleton className={styles.skeleton} />
      </div>
    );
  return (
    <article className={details.details} aria-label={data.name}>
      <Head archive={data} />
      <Model archive={data} />
      <div className={details.actions}>
        <ImportButton archive={data} place={place} />
        <Button icon={RefreshCw} isPending={isFetching} onPress={() => void refetch()}>
          {t("again")}
        </Button>
      </div>
      {data.checks.length > 0 && <Checklist checks={data.checks} />}
      <ManifestFacts archive={data} />
      <ArchiveContents members={data.members} />
    </article>
  );
}

function Head({ archive: { name, format, sizeBytes } }: { archive: ArchiveDescription }) {
  const t = useWords("archive");
  const line = t("line", { format: t(`formats.${format}`), size: formatBytes(sizeBytes) });
  return (
    <header className={details.head}>
      <p className={styles.kind}>{t("kind")}</p>
      <h2 className={details.name}>{name}</h2>
      <p className={details.description}>{line}</p>
    </header>
  );
}

/** The model that would be imported, or why none can be; and a warning if it contains code. */
function Model({ archive: { model, problem, members } }: { archive: ArchiveDescription }) {
  const t = useWords("archive");
  const hasCode = members.some(({ kind }) => kind === "code");
  return (
    <>
      {problem && (
        <Failed title={t("noModel")} error={new StudioError(problem.code, problem.details)} />
      )}
      {model && (
        <p>
          {t("holds", {
            description: model.description,
            size: formatBytes(model.sizeBytes),
            files: model.files.length,
          })}
        </p>
      )}
      {hasCode && (
        <p className={styles.code}>
          <Icon of={ShieldAlert} />
          <span>
            {t("code")}
            {model !== undefined &&
              model.pickles.length > 0 &&
              ` ${t("pickles", { count: model.pickles.length })}`}
          </span>
        </p>
      )}
    </>
  );
}

function ImportButton({ archive, place }: { archive: ArchiveDescription; place: ArchivePlace }) {
  const t = useWords("archive");
  const { client } = useStudio();
  const begin = useImport();
  const importing = () =>
    "path" in place
      ? client.models.import({ folder: place.path })
      : client.buckets.importModel(place);
  return (
    <Button
      variant="filled"
      icon={FolderInput}
      isDisabled={archive.model === undefined}
      onPress={() => begin(archive.name, importing())}
    >
      {t("import")}
    </Button>
  );
}

const FIELDS = [
  "modelName",
  "modelVersion",
  "handler",
  "requirementsFile",
  "serializedFile",
  "modelFile",
  "extensions",
  "configFile",
] as const;
const ABOUT = ["runtime", "archiverVersion", "createdOn"] as const;

/** MAR-INF/MANIFEST.json, line by line. */
function ManifestFacts({ archive: { manifest } }: { archive: ArchiveDescription }) {
  const t = useWords("archive");
  const lines = [
    ...FIELDS.map((field) => [field, manifest.model[field]] as const),
    ...ABOUT.map((field) => [field, manifest[field]] as const),
  ];
  return (
    <section className={styles.section}>
      <h3 className={styles.title}>{t("manifest")}</h3>
      <dl className={details.facts}>
        {lines.map(
          ([field, value]) =>
            value !== undefined && (
              <Fact key={field} name={t(`fields.${field}`)}>
                <code>{value}</code>
              </Fact>
            ),
        )}
      </dl>
    </section>
  );
}
