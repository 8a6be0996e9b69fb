import { useQuery } from "@tanstack/react-query";
import { Box, Download, FolderInput, type LucideIcon, RadioTower } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useLocation } from "wouter";
import { STARTER_ID } from "../../engine/contract/models.ts";
import { useStudio } from "../connection/studio.tsx";
import { changeSettings } from "../state/settings.ts";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { Icon } from "../ui/icon.tsx";
import { attempt } from "../ui/toasts.ts";
import { formatBytes, formatDuration } from "../words/format.ts";
import { useWords } from "../words/words.ts";
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

interface ChoiceProps {
  readonly icon: LucideIcon;
  readonly title: string;
  /** The one most people take. */
  readonly isFirst?: boolean;
  readonly onPress: () => void;
  /** What comes of it, in a sentence or two. */
  readonly children: ReactNode;
}

/** One way to begin: a large button that says what comes of it. */
function Choice({ icon, title, isFirst = false, onPress, children }: ChoiceProps) {
  return (
    <AriaButton
      className={classNames(styles.choice, isFirst && styles.first)}
      autoFocus={isFirst}
      onPress={onPress}
    >
      <Icon of={icon} size={20} />
      <span className={styles.words}>
        <span className={styles.name}>{title}</span>
        <span className={styles.text}>{children}</span>
      </span>
    </AriaButton>
  );
}

/** What this machine can do, in a sentence: its device, and how long a picture of full size takes. */
function MachineSentence() {
  const t = useWords("welcome");
  const { queries } = useStudio();
  const { data: machine, error } = useQuery(queries.machine.get.queryOptions());
  if (error) return <p className={styles.machine}>{`${t("failed")}: ${error.message}`}</p>;
  if (machine?.device === undefined) return <p className={styles.machine}>{t("trying")}</p>;
  const { provider, name, fallback } = machine.device;
  return (
    <div className={styles.machine}>
      <p>
        {t("machine", { device: name ?? provider })}{" "}
        {machine.estimate && t("time", { duration: formatDuration(machine.estimate.seconds) })}
      </p>
      {fallback !== undefined && (
        <p className={styles.fallback}>{t("fallback", { reason: fallback })}</p>
      )}
    </div>
  );
}
