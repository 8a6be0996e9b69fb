import { CircleAlert, CircleCheck, Hourglass, LoaderCircle, Unplug } from "lucide-react";
import type { ServedRequest } from "../../../engine/contract/server.ts";
import { Icon } from "../../ui/icon.tsx";
import { useWords } from "../../words/words.ts";
import styles from "./requests-tab.module.css";

type Outcome = Pick<ServedRequest, "state" | "status">;

/** How a request ended, or its present state; never by colour alone. */
export function RequestStatus({ state, status }: Outcome) {
  const words = useStatusWords();
  const { icon, kind } = signOf({ state, status });
  return (
    <span className={styles.status} data-kind={kind}>
      <Icon of={icon} />
      {words({ state, status })}
    </span>
  );
}

/** The same as text only. */
export function useStatusWords(): (outcome: Outcome) => string {
  const t = useWords("server");
  return ({ state, status }) =>
    state === "answered" && status !== undefined ? String(status) : t(`requests.states.${state}`);
}

function signOf({ state, status = 0 }: Outcome) {
  if (state === "waiting") return { icon: Hourglass, kind: "open" };
  if (state === "running") return { icon: LoaderCircle, kind: "open" };
  if (state === "gone") return { icon: Unplug, kind: "gone" };
  return status >= 400 ? { icon: CircleAlert, kind: "bad" } : { icon: CircleCheck, kind: "good" };
}
