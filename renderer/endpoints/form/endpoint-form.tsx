import { type FormEvent, useEffect, useRef, useState } from "react";
import { ENDPOINT_KINDS } from "../../../engine/contract/endpoints.ts";
import { Failed } from "../../ui/async-states.tsx";
import { Chips } from "../../ui/chips.tsx";
import { NumberField } from "../../ui/number-field.tsx";
import { Select } from "../../ui/select.tsx";
import { Switch } from "../../ui/switch.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useWords } from "../../words/words.ts";
import type { Place } from "../use-endpoint-address.ts";
import { CertificateFields } from "./certificate-fields.tsx";
import { EMPTY_DRAFT } from "./draft.ts";
import styles from "./endpoint-form.module.css";
import { faultsOf, isHttps } from "./faults.ts";
import { type FieldsProps, Part } from "./form-part.tsx";
import { HeaderFields } from "./header-fields.tsx";
import { type FoundText, ImportBox } from "./import-box.tsx";
import { TokenFields } from "./token-fields.tsx";

export interface EndpointFormProps extends FieldsProps {
  /** Why the studio did not accept it. */
  readonly error: Error | undefined;
  /** What was dropped on the page. */
  readonly dropped: FoundText | undefined;
  readonly onSubmit: () => void;
}

/** All fields of an endpoint: its address, the token, what is sent to it, and advanced fields. */
export function EndpointForm({ error, dropped, onSubmit, ...fields }: EndpointFormProps) {
  const t = useWords("endpoints");
  const { draft } = fields;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {error && <Failed title={t("dialog.refused")} error={error} />}
      {fields.endpoint === undefined && <ImportBox dropped={dropped} onChange={fields.onChange} />}
      <AddressFields {...fields} />
      <TokenFields {...fields} />
      {isHttps(draft) && <CertificateFields {...fields} />}
      <ModelFields {...fields} />
      <MoreFields {...fields} />
      <button type="submit" hidden />
    </form>
  );
}

function AddressFields({ draft, endpoint, place, areFaultsShown, onChange }: FieldsProps) {
  const t = useWords("endpoints");
  const fault = faultsOf(draft, endpoint).url;
  const isShown = fault !== undefined && (areFaultsShown || fault === "urlUser");
  return (
    <div className={styles.pair}>
      <TextField
        label={t("fields.url")}
        description={t("fields.urlHelp")}
        placeholder={t("fields.urlPlaceholder")}
        inputMode="url"
        isCode
        autoFocus={place === undefined || place === "url"}
        value={draft.url}
        onChange={(url) => onChange({ url })}
        error={isShown ? t(`faults.${fault}`) : undefined}
      />
      <TextField
        label={t("fields.name")}
        placeholder={t("fields.namePlaceholder")}
        maxLength={100}
        value={draft.name}
        onChange={(name) => onChange({ name })}
      />
    </div>
  );
}

function KindField({ draft, onChange }: FieldsProps) {
  const t = useWords("endpoints");
  const kinds = draft.kind === "auto" ? (["auto", ...ENDPOINT_KINDS] as const) : ENDPOINT_KINDS;
  return (
    <Select
      label={t("fields.kind")}
      value={draft.kind}
      onChange={(kind) => onChange({ kind })}
      options={kinds.map((value) => ({ value, label: t(`kinds.${value}`) }))}
    />
  );
}

const PROFILES = ["auto", "prompt", "full"] as const;

function ModelFields(fields: FieldsProps) {
  const { draft, endpoint, place, onChange } = fields;
  const t = useWords("endpoints");
  const listed = endpoint?.check?.models ?? [];
  const { model, profile } = draft;
  return (
    <Part title={t("fields.model")} isSought={place === "model"}>
      <KindField {...fields} />
      {listed.length > 0 ? (
        <Select
          label={t("fields.modelName")}
          description={t("fields.modelListed")}
          autoFocus={place === "model"}
          value={model}
          onChange={(name) => onChange({ model: name })}
          options={[...new Set([model, ...listed])].map((name) => ({ value: name, label: name }))}
        />
      ) : (
        <TextField
          label={t("fields.modelName")}
          description={t("fields.modelHelp")}
          placeholder={t("fields.modelPlaceholder")}
          autoFocus={place === "model"}
          maxLength={300}
          value={model}
          onChange={(name) => onChange({ model: name })}
        />
      )}
      <div className={styles.profile}>
        <span className={styles.label} aria-hidden>
          {t("fields.profile")}
        </span>
        <Chips
          label={t("fields.profile")}
          isSegmented
          value={profile}
          onChange={(chosen) => onChange({ profile: chosen })}
          chips={PROFILES.filter((value) => endpoint === undefined || value !== "auto").map(
            (value) => ({ value, label: t(`fields.profiles.${value}`) }),
          )}
        />
        <p className={styles.help}>{t(`fields.profileHelp.${profile}`)}</p>
      </div>
    </Part>
  );
}

const ADVANCED: ReadonlySet<Place> = new Set(["timeout", "start", "proxy"]);

/** Advanced fields. They are open if one of them is set or has to be corrected. */
function MoreFields(fields: FieldsProps) {
  const t = useWords("endpoints");
  const { draft, place } = fields;
  const isSought = place !== undefined && ADVANCED.has(place);
  const ref = useRef<HTMLDetailsElement>(null);
  const [isOpen] = useState(
    isSought ||
      draft.timeoutSeconds !== EMPTY_DRAFT.timeoutSeconds ||
      draft.startSeconds !== EMPTY_DRAFT.startSeconds ||
      draft.checkMinutes !== EMPTY_DRAFT.checkMinutes ||
      draft.isDirect ||
      draft.headers === undefined,
  );
  useEffect(() => {
    if (isSought) ref.current?.scrollIntoView({ block: "start" });
  }, [isSought]);
  return (
    <details ref={ref} className={styles.more} open={isOpen}>
      <summary>{t("fields.more")}</summary>
      <div className={styles.fields}>
        <HeaderFields {...fields} />
        <TimeoutField {...fields} />
        <StartField {...fields} />
        <CheckField {...fields} />
        {isHttps(draft) && <ProxyField {...fields} />}
      </div>
    </details>
  );
}

function TimeoutField({ draft, place, onChange }: FieldsProps) {
  const t = useWords("endpoints");
  return (
    <div className={styles.timeout}>
      <NumberField
        label={t("fields.timeout")}
        autoFocus={place === "timeout"}
        value={draft.timeoutSeconds}
        onChange={(timeoutSeconds) => onChange({ timeoutSeconds })}
        minValue={1}
        maxValue={86_400}
      />
      <p className={styles.help}>{t("fields.timeoutHelp")}</p>
    </div>
  );
}

function StartField({ draft, place, onChange }: FieldsProps) {
  const t = useWords("endpoints");
  return (
    <div className={styles.timeout}>
      <NumberField
        label={t("fields.start")}
        autoFocus={place === "start"}
        value={draft.startSeconds}
        onChange={(startSeconds) => onChange({ startSeconds })}
        minValue={0}
        maxValue={86_400}
      />
      <p className={styles.help}>{t("fields.startHelp")}</p>
    </div>
  );
}

function CheckField({ draft, onChange }: FieldsProps) {
  const t = useWords("endpoints");
  return (
    <div className={styles.timeout}>
      <NumberField
        label={t("fields.check")}
        value={draft.checkMinutes}
        onChange={(checkMinutes) => onChange({ checkMinutes })}
        minValue={0}
        maxValue={10_080}
      />
      <p className={styles.help}>{t("fields.checkHelp")}</p>
    </div>
  );
}

/** Over plain http no proxy is used. */
function ProxyField({ draft, place, onChange }: FieldsProps) {
  const t = useWords("endpoints");
  return (
    <Switch
      autoFocus={place === "proxy"}
      isSelected={draft.isDirect}
      onChange={(isDirect) => onChange({ isDirect })}
      description={t("fields.directHelp")}
    >
      {t("fields.direct")}
    </Switch>
  );
}
