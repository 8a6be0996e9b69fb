import { useQuery } from "@tanstack/react-query";
import { Download, FolderInput, ImagePlus, type LucideIcon, RadioTower } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useLocation } from "wouter";
import { STARTER_ID } from "../../engine/contract/models.ts";
import type { SettingsChange } from "../../engine/contract/settings.ts";
import { SOFTWARE } from "../../engine/contract/software.ts";
import { useStudio } from "../connection/studio.tsx";
import { changeForm } from "../state/form.ts";
import { followNewest } from "../state/selection.ts";
import { changeSettings } from "../state/settings.ts";
import { rememberPrompt, showNextSteps } from "../state/view.ts";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { Icon } from "../ui/icon.tsx";
import { attempt } from "../ui/toasts.ts";
import { formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { MachineFacts } from "./machine-facts.tsx";
import styles from "./welcome.module.css";

/** The studio's main model. */
const STABLE_DIFFUSION = "stable-diffusion-2";

/**
 * The first start: what this machine can do, one picture with one press, and further choices. Shown until the user has
 * made a choice.
 */
export function Welcome() {
  const t = useWords("welcome");
  const { queries } = useStudio();
  const { enter, drawFirst } = useWaysOn();
  const catalogue = useQuery(queries.models.catalogue.queryOptions()).data;
  const entry = catalogue?.find(({ id }) => id === STABLE_DIFFUSION);
  return (
    <div className={styles.page}>
      <div className={styles.column}>
        <h1 className={styles.title}>{t("title")}</h1>
        <MachineFacts />
        <div className={styles.choices}>
          <Choice
            icon={ImagePlus}
            title={t("starter.title")}
            isFirst
            onPress={() => attempt(drawFirst())}
          >
            {t("starter.text", { prompt: t("starter.prompt") })}
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
        <div className={styles.others}>
          <Button
            variant="plain"
            icon={RadioTower}
            onPress={() => attempt(enter("/endpoints?add"))}
          >
            {t("endpoint")}
          </Button>
          <Button
            variant="plain"
            onPress={() => attempt(enter("/generate", { model: STARTER_ID }))}
          >
            {t("skip")}
          </Button>
        </div>
      </div>
    </div>
  );
}

/** The choices that complete the first start: leaving it, and the first picture. */
function useWaysOn() {
  const t = useWords("welcome");
  const studio = useStudio();
  const [, navigate] = useLocation();
  const enter = async (address: string, change: SettingsChange = {}) => {
    navigate(address);
    // For a new user, nothing in this version is news.
    const seen = { isIntroduced: true, seenVersion: SOFTWARE.version };
    await changeSettings(studio, { ...change, ...seen });
  };
  const drawFirst = async () => {
    const prompt = t("starter.prompt");
    changeForm({ prompt });
    rememberPrompt(prompt);
    followNewest();
    await studio.client.generation.enqueue({ prompt, model: STARTER_ID });
    showNextSteps(true);
    await enter("/generate", { model: STARTER_ID });
  };
  return { enter, drawFirst };
}

interface ChoiceProps {
  readonly icon: LucideIcon;
  readonly title: string;
  /** The choice that suits most people. */
  readonly isFirst?: boolean;
  readonly onPress: () => void;
  /** What happens next, in a sentence or two. */
  readonly children: ReactNode;
}

/** One way to begin: a large button with an explanation. */
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
