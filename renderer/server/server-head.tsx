import { CircleAlert, CircleStop, Copy, Play, Radio, Square } from "lucide-react";
import { Link } from "wouter";
import type { Server } from "../../engine/contract/server.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { useWords } from "../words/words.ts";
import { isEverywhere, isOwnMachine, originOf } from "./reach.ts";
import styles from "./server-head.module.css";
import { useCopy } from "./use-copy.ts";
import type { ServerCommands } from "./use-server.ts";

export interface ServerHeadProps {
  readonly server: Server;
  readonly commands: ServerCommands;
  readonly isFailed: boolean;
}

/** Whether it runs, at which address, and the model that answers. */
export function ServerHead({ server, commands, isFailed }: ServerHeadProps) {
  const t = useWords("server");
  const isRunning = server.state === "running";
  return (
    <header className={styles.head}>
      <div className={styles.line}>
        <h1 className={styles.title}>{t("title")}</h1>
        <State server={server} />
        {isRunning && <Load server={server} />}
        <span className={styles.space} />
        {isRunning ? (
          <Button icon={Square} isPending={commands.isBusy} onPress={commands.stop}>
            {t("stop")}
          </Button>
        ) : (
          <Button
            variant={isFailed ? "quiet" : "filled"}
            icon={Play}
            isPending={commands.isBusy}
            onPress={commands.start}
          >
            {t(commands.isBusy ? "starting" : "start")}
          </Button>
        )}
      </div>
      <div className={styles.facts}>
        {isRunning && <Address server={server} />}
        <Answers server={server} />
      </div>
    </header>
  );
}

const STATE_ICONS = { running: Radio, stopped: CircleStop, failed: CircleAlert } as const;

function State({ server: { state } }: { server: Server }) {
  const t = useWords("server");
  return (
    <span className={styles.state} data-state={state} role="status">
      <Icon of={STATE_ICONS[state]} />
      {t(`states.${state}`)}
    </span>
  );
}

function Address({ server }: { server: Server }) {
  const t = useWords("server");
  const copy = useCopy();
  const { host } = server.settings;
  const address = originOf(server);
  const far = isEverywhere(host) ? "everywhere" : "oneAddress";
  return (
    <span className={styles.address}>
      <span className={styles.copied}>
        <code className={styles.origin}>{address}</code>
        <IconButton
          icon={Copy}
          size="dense"
          label={t("copyAddress")}
          onPress={() => copy(address)}
        />
      </span>
      <span className={styles.quiet}>{t(isOwnMachine(host) ? "reach.own" : `reach.${far}`)}</span>
    </span>
  );
}

/** The names under which the model answers, or a link to choose a model. */
function Answers({ server: { modelNames } }: { server: Server }) {
  const t = useWords("server");
  if (modelNames.length === 0)
    return (
      <span>
        {t("noModel")}{" "}
        <Link href="/models" className={styles.link}>
          {t("chooseModel")}
        </Link>
      </span>
    );
  return (
    <span className={styles.names}>
      <span className={styles.quiet}>{t("answersAs")}</span>
      {modelNames.map((name) => (
        <code key={name}>{name}</code>
      ))}
    </span>
  );
}

/** The number of requests waiting for the device; hidden while there are none. */
function Load({ server: { waiting, isDrawing } }: { server: Server }) {
  const t = useWords("server");
  if (waiting === 0 && !isDrawing) return null;
  const parts = [
    ...(isDrawing ? [t("drawing")] : []),
    ...(waiting > 0 ? [t("waiting", { count: waiting })] : []),
  ];
  return <span className={styles.load}>{parts.join(" · ")}</span>;
}
