import type { Generation } from "../../../engine/contract/generation.ts";
import { useTargetName } from "../../picture/targets.ts";
import { useWords } from "../../words/words.ts";
import styles from "./stage.module.css";

export interface TriedAtProps {
  readonly generation: Generation;
  /** Shows the reason only on hover. */
  readonly isShort?: boolean;
}

/** The targets where a picture was tried before, and why it was not started there. */
export function TriedAt({ generation: { tried = [] }, isShort = false }: TriedAtProps) {
  const t = useWords("generate");
  const nameOf = useTargetName();
  const last = tried.at(-1);
  if (last === undefined) return null;
  const names = tried.map(({ target }) => nameOf(target)).join(", ");
  const words = t("stage.tried", { names, reason: reasonOf(last.error.message) });
  return (
    <span className={styles.tried} title={words}>
      {isShort ? t("stage.triedShort", { names }) : words}
    </span>
  );
}

/** A refusal's first sentence: what happened, without what to do. */
function reasonOf(message: string): string {
  return message.split(/(?<=\.) (?=[A-Z])/)[0] ?? message;
}
