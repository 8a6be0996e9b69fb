import { FileBadge, TriangleAlert } from "lucide-react";
import { FileTrigger } from "react-aria-components";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Switch } from "../../ui/switch.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { showFailure } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import type { ClusterFieldsProps } from "./cluster-draft.ts";
import styles from "./cluster-section.module.css";

/** Maximum size that the studio accepts; no certificate is longer. */
const MAX_PEM_BYTES = 200_000;

const TYPED = { isCode: true, autoComplete: "off", spellCheck: "false" } as const;

/** The API's address, a token, and how the API's identity is checked. */
export function TokenFields({ draft, areFaultsShown, onChange }: ClusterFieldsProps) {
  const t = useWords("clusters");
  const faultOf = (field: "address" | "token") =>
    areFaultsShown && draft[field] === "" ? t(`form.${field}Empty`) : undefined;
  return (
    <>
      <TextField
        {...TYPED}
        label={t("form.address")}
        description={t("form.addressHelp")}
        placeholder="https://api.cluster.example.com:6443"
        value={draft.address}
        onChange={(address) => onChange({ address: address.trim() })}
        error={faultOf("address")}
      />
      <TextField
        {...TYPED}
        label={t("form.token")}
        description={t("form.tokenHelp")}
        type="password"
        value={draft.token}
        onChange={(token) => onChange({ token: token.trim() })}
        error={faultOf("token")}
      />
      <TextField
        {...TYPED}
        label={t("form.namespace")}
        value={draft.namespace}
        onChange={(namespace) => onChange({ namespace })}
      />
      <Certificate draft={draft} onChange={onChange} />
    </>
  );
}

function Certificate({ draft, onChange }: Omit<ClusterFieldsProps, "areFaultsShown">) {
  const t = useWords("clusters");
  const take = async (file: File) => {
    const text = file.size > MAX_PEM_BYTES ? "" : await file.text();
    if (text.includes("-----BEGIN CERTIFICATE-----")) onChange({ ca: text });
    else showFailure(new Error(t("form.notPem")));
  };
  return (
    <>
      <TextField
        {...TYPED}
        label={t("form.ca")}
        description={t("form.caHelp")}
        rows={3}
        value={draft.ca}
        onChange={(ca) => onChange({ ca })}
      />
      <div>
        <FileTrigger
          acceptedFileTypes={[".pem", ".crt", ".cer"]}
          onSelect={(files) => {
            const file = files?.[0];
            if (file) void take(file);
          }}
        >
          <Button icon={FileBadge}>{t("form.choosePem")}</Button>
        </FileTrigger>
      </div>
      <Switch
        isSelected={draft.isInsecure}
        onChange={(isInsecure) => onChange({ isInsecure })}
        description={t("form.insecureHelp")}
      >
        {t("form.insecure")}
      </Switch>
      {draft.isInsecure && (
        <p className={styles.warning} role="status">
          <Icon of={TriangleAlert} />
          {t("facts.insecure")}
        </p>
      )}
    </>
  );
}
