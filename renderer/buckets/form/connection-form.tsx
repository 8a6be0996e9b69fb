import { CircleAlert } from "lucide-react";
import { type FormEvent, useEffect, useRef } from "react";
import { StudioError } from "../../../engine/contract/errors.ts";
import { fieldOf } from "../../state/connections.ts";
import { CopyDetails, Failed } from "../../ui/async-states.tsx";
import { Icon } from "../../ui/icon.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useWords } from "../../words/words.ts";
import styles from "./connection-form.module.css";
import { type FieldsProps, useFieldError } from "./fields.ts";
import { MoreFields } from "./more-fields.tsx";
import { SourceFields } from "./source-fields.tsx";

export interface ConnectionFormProps extends FieldsProps {
  /** Why the studio did not accept it. */
  readonly error: Error | undefined;
  /** How often saving ended with an error in a field. */
  readonly attempts: number;
  readonly onSubmit: () => void;
}

/** A connection's fields, labelled as in OpenShift AI's form, or the other sources of its values. */
export function ConnectionForm({ error, attempts, onSubmit, ...fields }: ConnectionFormProps) {
  const t = useWords("buckets");
  const { draft, connection, check } = fields;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // Moves the focus to the first field with an error.
    if (attempts > 0) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [attempts]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form ref={form} className={styles.form} onSubmit={submit} noValidate>
      {error && <Failed title={t("form.refused")} error={error} />}
      {check !== undefined && attempts > 0 && <p role="status">{t("form.saved")}</p>}
      {check?.error && fieldOf(check.error.code) === undefined && (
        <Outcome error={new StudioError(check.error.code, check.error.details)} />
      )}
      {connection === undefined && <SourceFields {...fields} />}
      {draft.source === "fields" && (
        <>
          <FiveFields {...fields} />
          <MoreFields {...fields} />
        </>
      )}
      <button type="submit" hidden />
    </form>
  );
}

/** A test result that does not concern a single field. */
function Outcome({ error }: { error: StudioError }) {
  return (
    <div className={styles.outcome} role="alert">
      <Icon of={CircleAlert} />
      <span>{error.message}</span>
      <CopyDetails error={error} size="dense" />
    </div>
  );
}

/** Name, access key, secret key, endpoint, region, bucket, in OpenShift AI's order. */
function FiveFields(fields: FieldsProps) {
  const t = useWords("buckets");
  const { draft, field, onChange } = fields;
  const errorOf = useFieldError(fields);
  return (
    <div className={styles.fields}>
      <TextField
        label={t("fields.name")}
        placeholder={t("fields.namePlaceholder")}
        maxLength={100}
        value={draft.name}
        onChange={(name) => onChange({ name })}
      />
      <KeyFields {...fields} />
      <TextField
        label={t("fields.endpoint")}
        description={t("fields.endpointHelp")}
        placeholder="https://"
        inputMode="url"
        isCode
        autoFocus={field === "endpoint"}
        value={draft.endpoint}
        onChange={(endpoint) => onChange({ endpoint })}
        error={errorOf("endpoint")}
      />
      <div className={styles.pair}>
        <TextField
          label={t("fields.region")}
          placeholder="us-east-1"
          isCode
          autoFocus={field === "region"}
          value={draft.region}
          onChange={(region) => onChange({ region })}
          error={errorOf("region")}
        />
        <TextField
          label={t("fields.bucket")}
          placeholder={t("fields.bucketPlaceholder")}
          isCode
          autoFocus={field === "bucket"}
          value={draft.bucket}
          onChange={(bucket) => onChange({ bucket: bucket.trim() })}
          error={errorOf("bucket")}
        />
      </div>
    </div>
  );
}

/** Sent once and never shown again. */
function KeyFields(fields: FieldsProps) {
  const t = useWords("buckets");
  const { draft, connection, field, onChange } = fields;
  const errorOf = useFieldError(fields);
  const isKept = connection?.hasKeys === true;
  return (
    <div className={styles.pair}>
      <TextField
        label={t("fields.accessKey")}
        isCode
        autoComplete="off"
        autoFocus={field === undefined || field === "accessKey"}
        placeholder={isKept ? t("fields.kept") : undefined}
        value={draft.accessKey}
        onChange={(accessKey) => onChange({ accessKey: accessKey.trim() })}
        error={errorOf("accessKey")}
      />
      <TextField
        label={t("fields.secretKey")}
        type="password"
        isCode
        autoComplete="off"
        autoFocus={field === "secretKey"}
        placeholder={isKept ? t("fields.kept") : undefined}
        value={draft.secretKey}
        onChange={(secretKey) => onChange({ secretKey: secretKey.trim() })}
        error={errorOf("secretKey")}
      />
    </div>
  );
}
