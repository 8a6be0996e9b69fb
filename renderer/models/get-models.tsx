import { useState } from "react";
import { useSearchParams } from "wouter";
import { useWords } from "../words/words.ts";
import { CatalogueList } from "./catalogue-list.tsx";
import { DownloadDialog } from "./download-dialog.tsx";
import styles from "./get-models.module.css";
import { ImportForm } from "./import-form.tsx";
import type { Offer } from "./offer.ts";
import { RepositoryForm } from "./repository-form.tsx";

/** Three ways to get a model: the catalogue, any repository, a folder. `wanted` is a catalogue id or `folder`. */
export function GetModels({ wanted }: { wanted: string }) {
  const t = useWords("models");
  const [, setAddress] = useSearchParams();
  const [offer, setOffer] = useState<Offer>();
  // Removed from the address, so that a reload does not open it again.
  const close = () => {
    setOffer(undefined);
    setAddress({ get: "" }, { replace: true });
  };
  return (
    <div className={styles.page}>
      <section className={styles.section} aria-label={t("catalogue.title")}>
        <h2 className={styles.title}>{t("catalogue.title")}</h2>
        <CatalogueList wanted={wanted} onOffer={setOffer} />
      </section>
      <section className={styles.section} aria-label={t("repository.title")}>
        <h2 className={styles.title}>{t("repository.title")}</h2>
        <RepositoryForm onOffer={setOffer} />
      </section>
      <section className={styles.section} aria-label={t("import.title")}>
        <h2 className={styles.title}>{t("import.title")}</h2>
        <ImportForm isWanted={wanted === "folder"} />
      </section>
      {offer && <DownloadDialog offer={offer} onClose={close} />}
    </div>
  );
}
