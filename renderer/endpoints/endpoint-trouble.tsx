import { CircleAlert, Stethoscope } from "lucide-react";
import { StudioError, type WireError } from "../../engine/contract/errors.ts";
import { remedyOf } from "../state/endpoints.ts";
import { CopyDetails } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/words.ts";
import styles from "./endpoint-trouble.module.css";
import type { Place } from "./use-endpoint-address.ts";

export interface EndpointTroubleProps {
  readonly error: WireError;
  /** What went wrong, if it is not obvious. */
  readonly title?: string;
  /** Opens the place where it can be corrected. */
  readonly onPlace: (place: Place) => void;
  /** Tests again; absent if there is a button for that already. */
  readonly onTest?: (() => void) | undefined;
  /** Checks each step of the way; absent where that is not offered. */
  readonly onDiagnose?: (() => void) | undefined;
}

/** Why an endpoint is unavailable, in words, with the step that helps. */
export function EndpointTrouble(props: EndpointTroubleProps) {
  const { error, title, onPlace, onTest, onDiagnose } = props;
  const t = useWords("endpoints");
  const remedy = remedyOf(error.code);
  const run = () => (remedy === "again" ? onTest?.() : onPlace(PLACE_OF[remedy]));
  return (
    <div className={styles.trouble}>
      <p className={styles.words}>
        <Icon of={CircleAlert} />
        <span>
          {title !== undefined && <strong>{`${title}. `}</strong>}
          {error.message}
        </span>
      </p>
      <div className={styles.steps}>
        {(remedy !== "again" || onTest) && (
          <Button size="dense" onPress={run}>
            {t(`remedies.${remedy}`)}
          </Button>
        )}
        {onDiagnose && (
          <Button size="dense" icon={Stethoscope} onPress={onDiagnose}>
            {t("actions.doctor")}
          </Button>
        )}
        <CopyDetails error={new StudioError(error.code, error.details)} size="dense" />
        <code className={styles.code}>{error.code}</code>
      </div>
    </div>
  );
}

const PLACE_OF = {
  token: "token",
  certificate: "certificate",
  model: "model",
  address: "url",
  timeout: "timeout",
  start: "start",
} as const satisfies Record<string, Place>;
