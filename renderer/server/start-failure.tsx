import { KeyRound, Monitor } from "lucide-react";
import { useState } from "react";
import { StudioError } from "../../engine/contract/errors.ts";
import type { Server } from "../../engine/contract/server.ts";
import { codeOf, Failed } from "../ui/async-states.tsx";
import { Button } from "../ui/button.tsx";
import { NumberField } from "../ui/number-field.tsx";
import { useWords } from "../words/words.ts";
import styles from "./start-failure.module.css";
import type { Refused, ServerCommands } from "./use-server.ts";

export interface StartFailureProps {
  readonly failure: Refused;
  readonly server: Server;
  readonly commands: ServerCommands;
  readonly onMakeKey: () => void;
}

/** Why the server does not run as set, with one next step. If a key is missing, it does not offer to retry. */
export function StartFailure({ failure, server, commands, onMakeKey }: StartFailureProps) {
  const t = useWords("server");
  const { error, again } = failure;
  const code = codeOf(error);
  const isRunning = server.state === "running";
  return (
    <div className={styles.failure}>
      <Failed
        title={t(isRunning ? "notChanged" : "cannotRun")}
        error={error}
        {...(code !== "KEY_NEEDED" && { onRetry: again })}
      >
        {code === "PORT_IN_USE" && (
          <OtherPort taken={takenPort(error) ?? server.settings.port} commands={commands} />
        )}
        {code === "KEY_NEEDED" && (
          <>
            <Button variant="filled" icon={KeyRound} onPress={onMakeKey}>
              {t("keys.make")}
            </Button>
            {!isRunning && (
              <Button icon={Monitor} onPress={() => commands.startWith({ host: "127.0.0.1" })}>
                {t("settings.stayOwn")}
              </Button>
            )}
          </>
        )}
        {isRunning && <Button onPress={commands.dismiss}>{t("leaveIt")}</Button>}
      </Failed>
    </div>
  );
}

interface OtherPortProps {
  readonly taken: number;
  readonly commands: ServerCommands;
}

/** Offers the next port, which is probably free. */
function OtherPort({ taken, commands }: OtherPortProps) {
  const t = useWords("server");
  const [port, setPort] = useState(Math.min(taken + 1, 65_535));
  return (
    <span className={styles.port}>
      <NumberField
        label={t("settings.port")}
        isLabelHidden
        value={port}
        onChange={setPort}
        minValue={0}
        maxValue={65_535}
      />
      <Button variant="filled" onPress={() => commands.startWith({ port })}>
        {t("settings.usePort")}
      </Button>
    </span>
  );
}

function takenPort(error: Error): number | undefined {
  const port = error instanceof StudioError ? Number(error.details["port"]) : undefined;
  return Number.isInteger(port) ? port : undefined;
}
