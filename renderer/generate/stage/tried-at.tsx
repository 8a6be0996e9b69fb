import type { Generation } from "../../../engine/contract/generation.ts";
import { useTargetName } from "../../picture/targets.ts";
import { useWords } from "../../words/words.ts";
import styles from "./stage.module.css";

/** Where a picture was tried before, and why it never started there: the code alone tells enough for a line. */
export function TriedAt({ generation: { tried = [] } }: { generation: Generation }) {
  const t = useWords("generate");
  const nameOf = useTargetName();
  const last = tried.at(-1);
  if (last === undefined) return null;
  const names = tried.map(({ target }) => nameOf(target)).join(", ");
  return (
    <span className={styles.tried} title={last.error.message}>
      {t("stage.tried", { names, reason: reasonOf(last.error.message) })}
    </span>
  );
}

/** A refusal's first sentence: what happened, without what to do about it. */
function reasonOf(message: string): string {
  return message.split(/(?<=\.) (?=[A-Z])/)[0] ?? message;
}
