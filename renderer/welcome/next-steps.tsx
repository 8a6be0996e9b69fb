import { Box, Images, type LucideIcon, Search, Server, X } from "lucide-react";
import { useLocation } from "wouter";
import { runAction } from "../shortcuts/registry.ts";
import { showNextSteps, useView } from "../state/view.ts";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { useWords } from "../words/words.ts";
import styles from "./next-steps.module.css";

const PLACES: readonly (readonly ["models" | "gallery" | "server", LucideIcon, string])[] = [
  ["models", Box, "/models?get"],
  ["gallery", Images, "/gallery"],
  ["server", Server, "/server"],
];

/** Shown above the first picture: what to do next. Once closed, it does not return. */
export function NextSteps() {
  const t = useWords("welcome");
  const [, navigate] = useLocation();
  const isShown = useView(({ nextSteps }) => nextSteps);
  if (!isShown) return null;
  return (
    <section className={styles.strip} aria-label={t("next.title")}>
      <p className={styles.title}>{t("next.title")}</p>
      {PLACES.map(([name, icon, address]) => (
        <Button key={name} size="dense" icon={icon} onPress={() => navigate(address)}>
          {t(`next.${name}`)}
        </Button>
      ))}
      <Button size="dense" icon={Search} onPress={() => runAction("frame.palette")}>
        {t("next.palette")}
      </Button>
      <span className={styles.close}>
        <IconButton
          icon={X}
          size="dense"
          label={t("next.close")}
          onPress={() => showNextSteps(false)}
        />
      </span>
    </section>
  );
}
