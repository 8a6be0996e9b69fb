import { useState } from "react";
import { FileUp } from "lucide-react";
import { useRef } from "react";
import { PATH_STYLES } from "../../../engine/contract/buckets.ts";
import { Button } from "../../ui/button.tsx";
import { Chips } from "../../ui/chips.tsx";
import { Switch } from "../../ui/switch.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { type FieldsProps, useFieldError } from "./fields.ts";
import styles from "./connection-form.module.css";
import { EMPTY_DRAFT, originOf } from "./draft.ts";

/** Advanced fields. They are open if one of them is set or has to be corrected. */
export function MoreFields(fields: FieldsProps) {
  const t = useWords("buckets");
  const { draft, field } = fields;
  const errorOf = useFieldError(fields);
  const isSought = field === "pathStyle" || field === "ca";
  const hasTrouble = errorOf("pathStyle") !== undefined || errorOf("ca") !== undefined;
  const isSet = draft.ca !== null || draft.isInsecure || draft.pathStyle !== EMPTY_DRAFT.pathStyle;
  const [wasOpen] = useState(isSought || isSet);
  return (
    <details className={styles.more} open={wasOpen || hasTrouble}>
      <summary>{t("fields.more")}</summary>
      <div className={styles.fields}>
        <PathStyle {...fields} />
        <Certificate {...fields} />
        <SessionToken {...fields} />
      </div>
    </details>
  );
}

function PathStyle(fields: FieldsProps) {
  const t = useWords("buckets");
  const { draft, connection, onChange } = fields;
  const error = useFieldError(fields)("pathStyle");
  const found = connection?.found.pathStyle;
  return (
    <div className={styles.choice}>
      <span className={styles.label} aria-hidden>
        {t("fields.pathStyle")}
      </span>
      <Chips
        label={t("fields.pathStyle")}
        isSegmented
        value={draft.pathStyle}
        onChange={(pathStyle) => onChange({ pathStyle })}
        chips={PATH_STYLES.map((value) => ({ value, label: t(`fields.pathStyles.${value}`) }))}
      />
      <p className={styles.help}>
        {t("fields.pathStyleHelp")}
        {draft.pathStyle === "auto" && found !== undefined && ` ${t(`fields.found.${found}`)}`}
      </p>
      {error !== undefined && <p className={styles.bad}>{error}</p>}
    </div>
  );
}

/** Which certificates are trusted: those of the computer's authorities, and one more. */
function Certificate(fields: FieldsProps) {
  const t = useWords("buckets");
  const { draft, onChange } = fields;
  const error = useFieldError(fields)("ca");
  const chooser = useRef<HTMLInputElement>(null);
  const read = async (file: File) => onChange({ ca: await file.text() });
  if (!(originOf(draft.endpoint)?.startsWith("https:") ?? true)) return null;
  return (
    <>
      <TextField
        label={t("fields.ca")}
        description={t("fields.caHelp")}
        placeholder="-----BEGIN CERTIFICATE-----"
        rows={3}
        isCode
        spellCheck="false"
        autoFocus={fields.field === "ca"}
        value={draft.ca ?? ""}
        onChange={(ca) => onChange({ ca: ca.trim() === "" ? null : ca })}
        error={error}
        aside={
          <Button
            size="dense"
            variant="plain"
            icon={FileUp}
            onPress={() => chooser.current?.click()}
          >
            {t("fields.choosePem")}
          </Button>
        }
      />
      <input
        ref={chooser}
        type="file"
        hidden
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) attempt(read(file));
          target.value = "";
        }}
      />
      <Switch
        isSelected={draft.isInsecure}
        onChange={(isInsecure) => onChange({ isInsecure })}
        description={t("fields.insecureHelp")}
      >
        {t("fields.insecure")}
      </Switch>
    </>
  );
}

function SessionToken({ draft, onChange }: FieldsProps) {
  const t = useWords("buckets");
  return (
    <TextField
      label={t("fields.sessionToken")}
      description={t("fields.sessionTokenHelp")}
      type="password"
      autoComplete="off"
      isCode
      value={draft.sessionToken}
      onChange={(sessionToken) => onChange({ sessionToken: sessionToken.trim() })}
    />
  );
}
