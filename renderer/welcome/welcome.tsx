import { useQuery } from "@tanstack/react-query";
import { Box, Download, FolderInput, RadioTower } from "lucide-react";
import { useLocation } from "wouter";
import { STARTER_ID } from "../../engine/contract/models.ts";
import { useStudio } from "../connection/studio.tsx";
import { changeSettings } from "../state/settings.ts";
import { Button } from "../ui/button.tsx";
import { attempt } from "../ui/toasts.ts";
import { formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { Choice } from "./choice.tsx";
import { MachineSentence } from "./machine-sentence.tsx";
import styles from "./welcome.module.css";

/** The model that the studio is for. */
const STABLE_DIFFUSION = "stable-diffusion-2";

/** The first start's question; shown instead of the pages until it was answered. */
export function Welcome() {
  const t = useWords("welcome");
  const studio = useStudio();
  const [, navigate] = useLocation();
  const catalogue = useQuery(studio.queries.models.catalogue.queryOptions()).data;
  const entry = catalogue?.find(({ id }) => id === STABLE_DIFFUSION);
  const enter = async (address: string, change: { model?: string } = {}) => {
    navigate(address);
    await changeSettings(studio, { ...change, isIntroduced: true });
  };
  return (
    <div className={styles.page}>
      <div className={styles.column}>
        <h1 className={styles.title}>{t("title")}</h1>
        <MachineSentence />
        <div className={styles.choices}>
          <Choice
            icon={Box}
            title={t("starter.title")}
            isFirst
            onPress={() => attempt(enter("/generate", { model: STARTER_ID }))}
          >
            {t("starter.text")}
          </Choice>
          <Choice
            icon={Download}
            title={t("download.title")}
            onPress={() => attempt(enter(`/models?get=${STABLE_DIFFUSION}`))}
          >
            {entry === undefined
              ? t("download.plain")
              : t("download.text", {
                  size: formatBytes(entry.downloadBytes),
                  licence: entry.licence.title,
                })}
          </Choice>
          <Choice
            icon={FolderInput}
            title={t("import.title")}
            onPress={() => attempt(enter("/models?get=folder"))}
          >
            {t("import.text")}
          </Choice>
        </div>
        <div>
          <Button
            variant="plain"
            icon={RadioTower}
            onPress={() => attempt(enter("/endpoints?add"))}
          >
            {t("endpoint")}
          </Button>
        </div>
      </div>
    </div>
  );
}
