import { KeyRound, Monitor } from "lucide-react";
import { useState } from "react";
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

/** Why the server does not run as it should, with the next step in place. */
export function StartFailure({ failure, server, commands, onMakeKey }: StartFailureProps) {
  const t = useWords("server");
  const { error, again } = failure;
  const code = codeOf(error);
  return (
    <div className={styles.failure}>
      <Failed title={t("cannotRun")} error={error} onRetry={again}>
        {code === "PORT_IN_USE" && <OtherPort server={server} commands={commands} />}
        {code === "KEY_NEEDED" && (
          <>
            <Button variant="filled" icon={KeyRound} onPress={onMakeKey}>
              {t("keys.make")}
            </Button>
            <Button icon={Monitor} onPress={() => commands.startWith({ host: "127.0.0.1" })}>
              {t("settings.stayOwn")}
            </Button>
          </>
        )}
      </Failed>
    </div>
  );
}

/** The next port that is likely free, ready to be taken. */
function OtherPort({ server, commands }: Pick<StartFailureProps, "server" | "commands">) {
  const t = useWords("server");
  const [port, setPort] = useState(Math.min(server.settings.port + 1, 65_535));
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
