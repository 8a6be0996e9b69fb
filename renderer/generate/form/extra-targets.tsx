import { LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import { setSpread, toggleExtraTarget, useExtraTargets } from "../../state/extra-targets.ts";
import { useForm } from "../../state/form.ts";
import { Chips } from "../../ui/chips.tsx";
import { Switch } from "../../ui/switch.tsx";
import { useWords } from "../../words/words.ts";
import { useChosenTarget } from "../chosen-target.ts";
import { othersOf } from "../press/several-targets.ts";
import styles from "./extra-targets.module.css";

const WAYS = ["each", "spread"] as const;

/** Chooses further targets for a press: each draws the same pictures, or the batch is spread over all of them. */
export function ExtraTargets() {
  const t = useWords("generate");
  const { id, all = [] } = useChosenTarget();
  const { targets, isSpread } = useExtraTargets();
  const initImage = useForm((form) => form.initImage);
  if (all.length === 0) return null;
  const others = [
    { value: LOCAL_TARGET, label: t("target.local") },
    ...all.map((one) => ({ value: one.id, label: one.name })),
  ].filter(({ value }) => value !== id);
  const chosen = othersOf({ id, all }, targets, { initImage });
  // Stays open if a start image rules them out, so that the reason is seen.
  const isAnyOn = others.some(({ value }) => targets.includes(value));
  // Endpoints draw from prompts alone.
  const isUnable = (value: string) => initImage !== undefined && value !== LOCAL_TARGET;
  return (
    <details className={styles.also} open={isAnyOn || undefined}>
      <summary>
        {chosen.length === 0 ? t("target.also") : t("target.alsoAt", { count: chosen.length })}
      </summary>
      <div className={styles.targets}>
        {others.map(({ value, label }) => (
          <Switch
            key={value}
            isSelected={chosen.includes(value)}
            isDisabled={isUnable(value)}
            description={isUnable(value) ? t("target.noStart") : undefined}
            onChange={(isChosen) => toggleExtraTarget(value, isChosen)}
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
