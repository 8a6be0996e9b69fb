import { useQuery } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useRef } from "react";
import { useStudio } from "../../connection/studio.tsx";
import { Button } from "../../ui/button.tsx";
import { Chips } from "../../ui/chips.tsx";
import { Select } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import type { FieldsProps } from "./fields.ts";
import styles from "./connection-form.module.css";
import { faultsOf, type Source } from "./draft.ts";

const SOURCES: readonly Source[] = ["fields", "secret", "profile", "environment"];

/** The source of a new connection's values. */
export function SourceFields(fields: FieldsProps) {
  const t = useWords("buckets");
  const { draft, onChange } = fields;
  const { queries } = useStudio();
  const sources = useQuery(queries.buckets.sources.queryOptions()).data;
  const profiles = sources?.profiles ?? [];
  const choose = (source: Source) =>
    onChange({
      source,
      ...(source === "profile" && draft.profile === "" && { profile: profiles[0] ?? "" }),
    });
  return (
    <div className={styles.source}>
      <Chips
        label={t("sources.label")}
        value={draft.source}
        onChange={choose}
        chips={SOURCES.map((value) => ({ value, label: t(`sources.${value}`) }))}
      />
      {draft.source === "secret" && <SecretField {...fields} />}
      {draft.source === "profile" && sources && <ProfileField {...fields} profiles={profiles} />}
      {draft.source === "environment" && (
        <p className={styles.help}>
          {t(
            sources?.isInEnvironment === false
              ? "sources.noEnvironment"
              : "sources.environmentHelp",
          )}
        </p>
      )}
      {draft.source !== "fields" && <Beside {...fields} source={draft.source} />}
    </div>
  );
}

interface ProfileFieldProps extends FieldsProps {
  readonly profiles: readonly string[];
}

/** A profile from the AWS command line's files, if there are any. */
function ProfileField({ draft, profiles, onChange }: ProfileFieldProps) {
  const t = useWords("buckets");
  if (profiles.length === 0) return <p className={styles.help}>{t("sources.noProfile")}</p>;
  return (
    <Select
      label={t("sources.profileLabel")}
      description={t("sources.profileHelp")}
      value={draft.profile}
      onChange={(profile) => onChange({ profile })}
      options={profiles.map((name) => ({ value: name, label: name }))}
    />
  );
}

/** A connection Secret, pasted or from a file. */
function SecretField({ draft, connection, areFaultsShown, onChange }: FieldsProps) {
  const t = useWords("buckets");
  const chooser = useRef<HTMLInputElement>(null);
  const read = async (file: File) => onChange({ yaml: await file.text() });
  const hasFault = areFaultsShown && faultsOf(draft, connection).yaml !== undefined;
  return (
    <>
      <TextField
        label={t("sources.yaml")}
        description={t("sources.yamlHelp")}
        rows={8}
        isCode
        autoFocus
        spellCheck="false"
        value={draft.yaml}
        onChange={(yaml) => onChange({ yaml })}
        error={hasFault ? t("faults.yaml") : undefined}
        aside={
          <Button
            size="dense"
            variant="plain"
            icon={FileUp}
            onPress={() => chooser.current?.click()}
          >
            {t("sources.file")}
          </Button>
        }
      />
      <input
        ref={chooser}
        type="file"
        accept=".yaml,.yml,.json"
        hidden
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) attempt(read(file));
          target.value = "";
        }}
      />
    </>
  );
}

interface BesideProps extends FieldsProps {
  readonly source: Exclude<Source, "fields">;
}

/** Values that the user adds to the imported ones; they take precedence. */
function Beside({ draft, source, onChange }: BesideProps) {
  const t = useWords("buckets");
  const placeholder = t(`sources.given.${source}`);
  return (
    <>
      <TextField
        label={t("fields.endpoint")}
        placeholder={placeholder}
        inputMode="url"
        isCode
        value={draft.endpoint}
        onChange={(endpoint) => onChange({ endpoint })}
      />
      <div className={styles.pair}>
        <TextField
          label={t("fields.name")}
          placeholder={placeholder}
          maxLength={100}
          value={draft.name}
          onChange={(name) => onChange({ name })}
        />
        <TextField
          label={t("fields.bucket")}
          placeholder={placeholder}
          isCode
          value={draft.bucket}
          onChange={(bucket) => onChange({ bucket: bucket.trim() })}
        />
      </div>
    </>
  );
}
