import { LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import { setSpread, toggleAlsoAt, useAlsoAt } from "../../state/also-at.ts";
import { Chips } from "../../ui/chips.tsx";
import { Switch } from "../../ui/switch.tsx";
import { useWords } from "../../words/words.ts";
import { useChosenTarget } from "../chosen-target.ts";
import styles from "./also-at.module.css";

const WAYS = ["each", "spread"] as const;

/** Sends the same press to several targets: the same pictures to compare, or a batch that is spread over them. */
export function AlsoAt() {
  const t = useWords("generate");
  const { id, all = [] } = useChosenTarget();
  const { targets, isSpread } = useAlsoAt();
  if (all.length === 0) return null;
  const others = [
    { value: LOCAL_TARGET, label: t("target.local") },
    ...all.map((one) => ({ value: one.id, label: one.name })),
  ].filter(({ value }) => value !== id);
  const chosen = others.filter(({ value }) => targets.includes(value));
  return (
    <details className={styles.also} open={chosen.length > 0 || undefined}>
      <summary>
        {chosen.length === 0 ? t("target.also") : t("target.alsoAt", { count: chosen.length })}
      </summary>
      <div className={styles.targets}>
        {others.map(({ value, label }) => (
          <Switch
            key={value}
            isSelected={targets.includes(value)}
            onChange={(isChosen) => toggleAlsoAt(value, isChosen)}
          >
            {label}
          </Switch>
        ))}
        {chosen.length > 0 && (
          <>
            <Chips
              label={t("target.ways.title")}
              isSegmented
              value={isSpread ? "spread" : "each"}
              onChange={(way) => setSpread(way === "spread")}
              chips={WAYS.map((value) => ({ value, label: t(`target.ways.${value}`) }))}
            />
            <p className={styles.help}>
              {t(isSpread ? "target.ways.spreadHelp" : "target.ways.eachHelp")}
            </p>
          </>
        )}
      </div>
    </details>
  );
}
