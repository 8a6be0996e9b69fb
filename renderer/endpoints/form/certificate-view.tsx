import { Fragment, type ReactNode } from "react";
import { Check, ShieldCheck } from "lucide-react";
import type { Certificate } from "../../../engine/contract/endpoints.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { formatDate } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "./certificate-view.module.css";

export interface CertificateViewProps {
  readonly certificate: Certificate;
  readonly title: string;
  readonly isTrusted: boolean;
  readonly onTrust: () => void;
}

/** A certificate that the user can compare and trust. */
export function CertificateView(props: CertificateViewProps) {
  const { certificate, title, isTrusted, onTrust } = props;
  const t = useWords("endpoints");
  const { subject, issuer, fingerprint, validTo } = certificate;
  const date = formatDate(validTo);
  const isOver = Date.parse(validTo) < Date.now();
  return (
    <section className={styles.certificate} aria-label={title}>
      <h3 className={styles.title}>{title}</h3>
      <dl className={styles.facts}>
        <dt>{t("certificates.subject")}</dt>
        <dd>{subject}</dd>
        <dt>{t("certificates.issuer")}</dt>
        <dd>{issuer === subject ? t("certificates.self") : issuer}</dd>
        <dt>{t("certificates.validTo")}</dt>
        <dd className={isOver ? styles.bad : undefined}>
          {isOver ? t("certificates.over", { date }) : date}
        </dd>
        <dt>{t("certificates.fingerprint")}</dt>
        <dd>
          <code className={styles.fingerprint}>{pairsOf(fingerprint)}</code>
        </dd>
      </dl>
      {isTrusted ? (
        <p className={styles.trusted} role="status">
          <Icon of={Check} />
          {t("certificates.chosen")}
        </p>
      ) : (
        <div>
          <Button size="dense" icon={ShieldCheck} onPress={onTrust}>
            {t("certificates.trust")}
          </Button>
        </div>
      )}
    </section>
  );
}

/** A fingerprint whose lines break between pairs of digits only. */
function pairsOf(fingerprint: string): ReactNode {
  return fingerprint.split(":").map((pair, index) => (
    // Pairs have no other name than their place.
    <Fragment key={`${index} ${pair}`}>
      {index > 0 && (
        <>
          :<wbr />
        </>
      )}
      {pair}
    </Fragment>
  ));
}
