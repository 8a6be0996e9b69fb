import type { Generation } from "../../../engine/contract/generation.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import { useTargetName } from "../../picture/targets.ts";
import { CopyDetails } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { useWords } from "../../words/words.ts";
import { endSign } from "./end-sign.ts";
import styles from "./failure-tile.module.css";
import { failureTitle } from "./failure-title.ts";
import { useNextSteps } from "./next-steps.ts";

/**
 * Shown instead of a picture: why there is none, and the next step. A cancelled generation is not shown as a failure.
 */
export function FailureTile({ generation }: { generation: Generation }) {
  const t = useWords("generate");
  const { state, error } = generation;
  const steps = useNextSteps(generation);
  const isFailed = state === "failed";
  return (
    <div className={styles.tile} role={isFailed ? "alert" : undefined}>
      <div className={styles.words}>
        <p className={styles.title}>
          <span className={isFailed ? styles.bad : styles.quiet}>
            <Icon of={endSign(state)} size={20} />
          </span>
          {t(`failed.${failureTitle(generation)}`)}
        </p>
        {error && <p className={styles.reason}>{error.message}</p>}
        <NotMoved generation={generation} />
        <div className={styles.steps}>
          {steps.map(({ id, label, icon, run }) => (
            <Button key={id} icon={icon} onPress={run}>
              {label}
            </Button>
          ))}
          {isFailed && error && <CopyDetails error={new StudioError(error.code, error.details)} />}
        </div>
        {isFailed && error && <code className={styles.code}>{error.code}</code>}
      </div>
    </div>
  );
}

/** Why a picture was not tried at the other targets: two of them might have drawn it. */
function NotMoved({ generation: { state, target, elsewhere = [] } }: { generation: Generation }) {
  const t = useWords("generate");
  const nameOf = useTargetName();
  if (state !== "failed" || elsewhere.length === 0) return null;
  const others = elsewhere.map((other) => nameOf(other.target)).join(", ");
  return (
    <p className={styles.reason}>{t("failed.mayHaveStarted", { name: nameOf(target), others })}</p>
  );
}
