import { useQuery } from "@tanstack/react-query";
import { Copy, SquareTerminal, X } from "lucide-react";
import type { ReactNode } from "react";
import type { Exchange, Server } from "../../../engine/contract/server.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Failed, Skeleton } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { useFocusReturn } from "../../ui/use-focus-return.ts";
import { formatBytes } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { BODY_FILE, curlCommand, isWhole } from "./curl-command.ts";
import { formatClockTime, formatMs, readableBody } from "./format-request.ts";
import { originOf } from "../reach.ts";
import styles from "./request-details.module.css";
import { RequestStatus } from "./request-status.tsx";
import { useCopy } from "../use-copy.ts";

export interface RequestDetailsProps {
  readonly id: string;
  readonly server: Server;
  readonly onClose: () => void;
}

/** One request and its reply, as they were sent, without secrets. */
export function RequestDetails({ id, server, onClose }: RequestDetailsProps) {
  const t = useWords("server");
  const { queries } = useStudio();
  useFocusReturn(id);
  const asked = queries.server.exchange.queryOptions({ input: { id } });
  const { data: exchange, error, refetch } = useQuery(asked);
  return (
    <aside className={styles.panel} aria-label={t("exchange.title")}>
      <header className={styles.head}>
        <h2 className={styles.title}>{t("exchange.title")}</h2>
        <IconButton icon={X} label={t("exchange.close")} placement="left" onPress={onClose} />
      </header>
      <div className={styles.body}>
        {error && !exchange && (
          <Failed title={t("exchange.failed")} error={error} onRetry={() => void refetch()} />
        )}
        {!exchange && !error && <Skeleton className={styles.skeleton} />}
        {exchange && <Whole exchange={exchange} origin={originOf(server)} />}
      </div>
    </aside>
  );
}

function Whole({ exchange, origin }: { exchange: Exchange; origin: string }) {
  const t = useWords("server");
  const copy = useCopy();
  const { method, path, requestHeaders, requestBody, replyHeaders, replyBody } = exchange;
  return (
    <>
      <p className={styles.path}>
        <code>{`${method} ${path}`}</code>
      </p>
      <div className={styles.actions}>
        <Button
          icon={SquareTerminal}
          isDisabled={method === "gRPC"}
          onPress={() => copy(curlCommand(exchange, origin))}
        >
          {t("exchange.copyCurl")}
        </Button>
        <Button icon={Copy} isDisabled={replyBody.text === ""} onPress={() => copy(replyBody.text)}>
          {t("exchange.copyReply")}
        </Button>
      </div>
      {method === "gRPC" && <p className={styles.note}>{t("exchange.noCurl")}</p>}
      {!isWhole(requestBody) && (
        <p className={styles.note}>{t("exchange.bodyFile", { file: BODY_FILE })}</p>
      )}
      <Facts exchange={exchange} />
      <Side title={t("exchange.request")} headers={requestHeaders} body={requestBody} />
      <Side title={t("exchange.reply")} headers={replyHeaders} body={replyBody} />
    </>
  );
}

function Facts({ exchange }: { exchange: Exchange }) {
  const t = useWords("server");
  const { at, client, keyName, ms } = exchange;
  return (
    <dl className={styles.facts}>
      <Fact name={t("requests.status")}>
        <RequestStatus {...exchange} />
      </Fact>
      <Fact name={t("requests.time")}>{formatClockTime(at)}</Fact>
      <Fact name={t("requests.client")}>{client}</Fact>
      <Fact name={t("exchange.key")}>{keyName ?? t("exchange.noKey")}</Fact>
      {ms !== undefined && <Fact name={t("requests.took")}>{formatMs(ms)}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface SideProps {
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Exchange["requestBody"];
}

/** Headers and body of one direction. */
function Side({ title, headers, body }: SideProps) {
  const names = Object.entries(headers);
  return (
    <section className={styles.side} aria-label={title}>
      <h3 className={styles.sideTitle}>{title}</h3>
      {names.length > 0 && (
        <dl className={styles.headers}>
          {names.map(([name, value]) => (
            <div key={name} className={styles.header}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <Body title={title} body={body} />
    </section>
  );
}

function Body({ title, body: { text, sizeBytes, isCut } }: Omit<SideProps, "headers">) {
  const t = useWords("server");
  const size = formatBytes(sizeBytes);
  if (text === "")
    return (
      <p className={styles.note}>
        {t(sizeBytes === 0 ? "exchange.noBody" : "exchange.notText", { size })}
      </p>
    );
  return (
    <>
      <pre className={styles.text} tabIndex={0} aria-label={t("exchange.body", { title })}>
        {readableBody(text, isCut)}
      </pre>
      <p className={styles.note}>
        {isWhole({ text, sizeBytes, isCut }) ? size : t("exchange.cut", { size })}
      </p>
    </>
  );
}
