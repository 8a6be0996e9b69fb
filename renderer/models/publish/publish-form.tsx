import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useEffect } from "react";
import type { Connection } from "../../../engine/contract/buckets.ts";
import type { StoredModel } from "../../../engine/contract/models.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Select } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { formatBytes } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { isArchiveName } from "../archive/archive-name.ts";
import { Int8Switch } from "../archive/int8-switch.tsx";
import { changeModel, isPublishedName, layoutOf, type Publication } from "./publication.ts";
import styles from "./publish.module.css";

export interface PublishFormProps {
  readonly models: readonly StoredModel[];
  readonly model: StoredModel;
  readonly publication: Publication;
  readonly connections: readonly Connection[];
  readonly connection: Connection | undefined;
  readonly onChange: (change: Partial<Publication>) => void;
  readonly onSubmit: () => void;
}

/** The archive's name and destination, under the headings of the notebook's document. */
export function PublishForm(props: PublishFormProps) {
  const t = useWords("publish");
  const { models, model, publication, onChange, onSubmit } = props;
  const { name, version } = publication;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <Step title={t("archiving")}>
        <Select
          label={t("model")}
          value={model.id}
          onChange={(id) => onChange(changeModel(publication, id))}
          options={models.map(({ id, summary, diskBytes }) => ({
            value: id,
            label: summary?.name ?? id,
            note: formatBytes(diskBytes),
          }))}
        />
        <p className={styles.help}>{t("archivingHelp", { file: `${name}.mar` })}</p>
        <div className={styles.pair}>
          <TextField
            label={t("name")}
            isCode
            autoFocus
            value={name}
            onChange={(typed) => onChange({ name: typed.trim() })}
            error={isPublishedName(name) ? undefined : t("nameFault")}
          />
          <TextField
            label={t("version")}
            isCode
            value={version}
            onChange={(typed) => onChange({ version: typed.trim() })}
            error={isArchiveName(version) ? undefined : t("versionFault")}
          />
        </div>
        <Int8Switch
          model={model}
          isSelected={publication.isInt8}
          onChange={(on) => onChange({ isInt8: on })}
        />
      </Step>
      <Step title={t("content")}>
        <PlaceFields {...props} />
        <Config name={name} version={version} />
        <Layout {...props} />
      </Step>
      <button type="submit" hidden />
    </form>
  );
}

/** One step of the notebook's document. */
export function Step({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.step} aria-label={title}>
      <h3 className={styles.title}>{title}</h3>
      {children}
    </section>
  );
}

function PlaceFields({ publication, connections, connection, onChange }: PublishFormProps) {
  const t = useWords("publish");
  const { bucket, prefix } = publication;
  return (
    <>
      <div className={styles.pair}>
        <Select
          label={t("connection")}
          value={connection?.id ?? ""}
          onChange={(connectionId) => onChange({ connectionId, bucket: "" })}
          options={connections.map(({ id, name, bucket: own }) => ({
            value: id,
            label: name,
            note: own ?? undefined,
          }))}
        />
        {connection?.bucket === null && (
          <BucketField
            connectionId={connection.id}
            bucket={bucket}
            onChange={(name) => onChange({ bucket: name })}
          />
        )}
      </div>
      <TextField
        label={t("prefix")}
        isCode
        value={prefix}
        onChange={(typed) => onChange({ prefix: typed })}
      />
    </>
  );
}

interface BucketFieldProps {
  readonly connectionId: string;
  readonly bucket: string;
  readonly onChange: (bucket: string) => void;
}

/** Selects a bucket from the service's list, by default the first; if there is no list, the name is typed. */
function BucketField({ connectionId, bucket, onChange }: BucketFieldProps) {
  const t = useWords("publish");
  const { queries } = useStudio();
  const asked = useQuery(queries.buckets.names.queryOptions({ input: { id: connectionId } }));
  const names = asked.data ?? NO_NAMES;
  const [first] = names;
  useEffect(() => {
    if (bucket === "" && first !== undefined) onChange(first);
  }, [bucket, first, onChange]);
  if (names.length === 0 || (bucket !== "" && !names.includes(bucket)))
    return (
      <TextField
        label={t("bucket")}
        isCode
        value={bucket}
        onChange={(typed) => onChange(typed.trim())}
        description={bucket === "" ? t("bucketFault") : undefined}
      />
    );
  return (
    <Select
      label={t("bucket")}
      value={bucket}
      onChange={onChange}
      options={names.map((name) => ({ value: name, label: name }))}
    />
  );
}

const NO_NAMES: readonly string[] = [];

/** The tree that will be written, drawn as in the document. */
function Layout({ publication, connection }: PublishFormProps) {
  const t = useWords("publish");
  return (
    <div>
      <h4 className={styles.label}>{t("layout")}</h4>
      <ul className={styles.layout} aria-label={t("layout")}>
        {layoutOf(publication, connection).map(({ depth, name, isFile }) => (
          <li
            key={`${depth} ${name}`}
            style={{ paddingInlineStart: `${depth * 20}px` }}
            data-file={isFile || undefined}
          >
            {name}
          </li>
        ))}
      </ul>
      <p className={styles.help}>{t("layoutHelp")}</p>
    </div>
  );
}

/** The configuration as it will be in the bucket; it follows what is entered above. */
function Config({ name, version }: Pick<Publication, "name" | "version">) {
  const t = useWords("publish");
  const { queries } = useStudio();
  const isSound = isArchiveName(name) && isArchiveName(version);
  const asked = useQuery({
    ...queries.archives.config.queryOptions({ input: { name, version } }),
    enabled: isSound,
    placeholderData: keepPreviousData,
  });
  return (
    <div>
      <h4 className={styles.label}>{t("config")}</h4>
      <pre className={styles.config} tabIndex={0} aria-label={t("config")}>
        {asked.data?.text.trimEnd()}
      </pre>
      <p className={styles.help}>{t("configHelp")}</p>
    </div>
  );
}
