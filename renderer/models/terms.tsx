import { TriangleAlert } from "lucide-react";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/words.ts";
import styles from "./get-models.module.css";
import type { Offer } from "./offer.ts";

/** Licence, sources, and which safeguards are missing. */
export function Terms({ offer }: { offer: Offer }) {
  const t = useWords("models");
  if (offer.kind === "repository") {
    const { licence, isGated } = offer.repository;
    return (
      <>
        <p>
          {licence === undefined
            ? t("repository.unknownLicence")
            : `${t("download.licence")}: ${licence}`}
        </p>
        {isGated && <p>{t("repository.gated")}</p>}
        <NoChecker />
      </>
    );
  }
  const { licence, sources, hasSafetyChecker } = offer.entry;
  return (
    <>
      <p>{t("download.sources", { sources: sources.join(", ") })}</p>
      <p>
        {`${t("download.licence")}: `}
        <a href={licence.address} target="_blank" rel="noreferrer">
          {licence.title}
        </a>
        {`. ${t("download.licenceHelp")}`}
      </p>
      {!hasSafetyChecker && <NoChecker />}
    </>
  );
}

function NoChecker() {
  const t = useWords("models");
  return (
    <p className={styles.warn}>
      <Icon of={TriangleAlert} />
      {t("download.noChecker")}
    </p>
  );
}
