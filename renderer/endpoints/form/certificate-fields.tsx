import { FileBadge, Search, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { FileTrigger } from "react-aria-components";
import type { Certificate } from "../../../engine/contract/endpoints.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Failed } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Switch } from "../../ui/switch.tsx";
import { showFailure } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { CertificateView } from "./certificate-view.tsx";
import { addressOf, type Draft } from "./draft.ts";
import { type FieldsProps, Part } from "./form-part.tsx";
import styles from "./endpoint-form.module.css";

/** Maximum size that the studio accepts; no certificate is longer. */
const MAX_PEM_BYTES = 200_000;

type Look = "looking" | readonly Certificate[] | Error | undefined;

/** How an endpoint's identity is checked. */
export function CertificateFields(props: FieldsProps) {
  const t = useWords("endpoints");
  const { draft, place, onChange } = props;
  const [seen, look] = useLook(draft, place === "certificate");
  return (
    <Part title={t("fields.certificate")} isSought={place === "certificate"}>
      <p className={styles.help}>{t("fields.certificateHelp")}</p>
      {draft.ca !== null && <Trusted {...props} />}
      <div className={styles.row}>
        <Button
          icon={Search}
          autoFocus={place === "certificate"}
          isPending={seen === "looking"}
          onPress={look}
        >
          {t(seen === "looking" ? "fields.looking" : "fields.look")}
        </Button>
        <PemTrigger onPem={(ca) => onChange({ ca })} />
      </div>
      {seen instanceof Error && <Failed title={t("certificates.failed")} error={seen} />}
      {Array.isArray(seen) && (
        <Seen seen={seen} ca={draft.ca} onTrust={(ca) => onChange({ ca, isInsecure: false })} />
      )}
      <Switch
        isSelected={draft.isInsecure}
        onChange={(isInsecure) => onChange({ isInsecure })}
        description={t("fields.insecureHelp")}
      >
        {t("fields.insecure")}
      </Switch>
      {draft.isInsecure && (
        <p className={styles.warning} role="status">
          <Icon of={TriangleAlert} />
          {t("insecure")}
        </p>
      )}
    </Part>
  );
}

/** The certificates that an address presents, read on request, or at once if they are the problem. */
function useLook(draft: Draft, isAtOnce: boolean): readonly [Look, () => void] {
  const { client } = useStudio();
  const [seen, setSeen] = useState<Look>();
  const look = () => {
    setSeen("looking");
    client.endpoints
      .certificates({ url: addressOf(draft), isDirect: draft.isDirect })
      .then((certificates) => setSeen(certificates))
      .catch((error: Error) => setSeen(error));
  };
  useEffect(() => {
    if (isAtOnce) look();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once, when the form is opened for it
  }, []);
  return [seen, look];
}

interface SeenProps {
  readonly seen: readonly Certificate[];
  readonly ca: string | null;
  readonly onTrust: (pem: string) => void;
}

function Seen({ seen, ca, onTrust }: SeenProps) {
  const t = useWords("endpoints");
  if (seen.length === 0) return <p>{t("certificates.none")}</p>;
  return (
    <>
      <p className={styles.help}>{t("certificates.compare")}</p>
      {seen.map((certificate, index) => (
        <CertificateView
          key={certificate.fingerprint}
          certificate={certificate}
          title={t(index === 0 ? "certificates.own" : "certificates.authority")}
          isTrusted={certificate.pem === ca}
          onTrust={() => onTrust(certificate.pem)}
        />
      ))}
    </>
  );
}

/** Certificates that are trusted besides the computer's own. */
function Trusted({ draft, endpoint, onChange }: FieldsProps) {
  const t = useWords("endpoints");
  const isKept = endpoint?.ca === draft.ca;
  return (
    <div className={styles.row}>
      <span>
        {isKept && endpoint?.certificate
          ? t("fields.trusted", { subject: endpoint.certificate.subject })
          : t("fields.trustedNew")}
      </span>
      <Button size="dense" variant="plain" onPress={() => onChange({ ca: null })}>
        {t("fields.forgetCa")}
      </Button>
    </div>
  );
}

function PemTrigger({ onPem }: { onPem: (pem: string) => void }) {
  const t = useWords("endpoints");
  const take = async (file: File) => {
    const text = file.size > MAX_PEM_BYTES ? "" : await file.text();
    if (text.includes("-----BEGIN CERTIFICATE-----")) onPem(text);
    else showFailure(new Error(t("faults.pem")));
  };
  return (
    <FileTrigger
      acceptedFileTypes={[".pem", ".crt", ".cer"]}
      onSelect={(files) => {
        const file = files?.[0];
        if (file) void take(file);
      }}
    >
      <Button icon={FileBadge}>{t("fields.choosePem")}</Button>
    </FileTrigger>
  );
}
