import { type ReactNode, useEffect, useState } from "react";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { asSentence } from "../../../engine/contract/sentence.ts";
import { tokenStateOf } from "../../../engine/contract/token-expiry.ts";
import { certificateStateOf, hasAnswered, knownProfileOf } from "../../state/endpoints.ts";
import { trialWords } from "../../../engine/contract/setting-trial.ts";
import { formatDate, formatDuration, formatEnd, formatWhen } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { QuietChecks } from "../history/quiet-checks.tsx";
import styles from "./endpoint-card.module.css";

/** Texts such as "2 min ago" are updated at this interval, milliseconds. */
const RENEWAL_MS = 30_000;

/** Older starts add nothing useful. */
const SHOWN_STARTS = 3;

/** The facts about an endpoint, line by line. */
export function EndpointFacts({ endpoint }: { endpoint: Endpoint }) {
  const t = useWords("endpoints");
  const { check, headers, starts = [] } = endpoint;
  const profile = knownProfileOf(endpoint);
  const now = new Date(useNow(RENEWAL_MS));
  const tested =
    check &&
    t(hasAnswered(check) ? "facts.checkedAt" : "facts.triedAt", {
      when: formatWhen(check.at, now),
      ms: Math.round(check.ms),
    });
  return (
    <dl className={styles.facts}>
      <Fact name={t("facts.model")}>
        <ModelWords endpoint={endpoint} />
      </Fact>
      <Fact name={t("facts.kind")}>
        <ProtocolWords endpoint={endpoint} />
      </Fact>
      <Fact name={t("facts.profile")}>{t(`facts.${profile ?? "unread"}`)}</Fact>
      <TrialFact endpoint={endpoint} />
      <Fact name={t("facts.token")}>
        <TokenWords endpoint={endpoint} now={now} />
      </Fact>
      <Fact name={t("facts.certificate")}>
        <CertificateWords endpoint={endpoint} />
      </Fact>
      {headers.length > 0 && <Fact name={t("facts.headers")}>{headers.join(", ")}</Fact>}
      <Fact name={t("facts.takes")}>
        <TakesWords endpoint={endpoint} />
      </Fact>
      {starts.length > 0 && (
        <Fact name={t("facts.starts")}>
          {starts
            .slice(0, SHOWN_STARTS)
            .map(({ seconds }) => formatDuration(seconds))
            .join(", ")}
        </Fact>
      )}
      {(endpoint.checkMinutes > 0 || endpoint.quietChecks !== undefined) && (
        <Fact name={t("facts.quiet")}>
          <QuietChecks endpoint={endpoint} now={now} />
        </Fact>
      )}
      <Fact name={t("facts.checked")}>{tested ?? t("facts.never")}</Fact>
      {check?.server !== undefined && <Fact name={t("facts.server")}>{check.server}</Fact>}
    </dl>
  );
}

/** The name of its model; a default that no answer has confirmed is not shown. */
function ModelWords({ endpoint: { model, isModelAssumed } }: { endpoint: Endpoint }) {
  const t = useWords("endpoints");
  return isModelAssumed === true ? t("facts.unread") : model;
}

/** Its protocol, unless that is an unconfirmed default, and the form of its pictures if that is not JSON. */
function ProtocolWords({ endpoint: { kind, isKindAssumed, check } }: { endpoint: Endpoint }) {
  const t = useWords("endpoints");
  if (isKindAssumed === true) return t("facts.unread");
  return `${t(`kinds.${kind}`)}${check?.isBinary === true ? t("facts.binary") : ""}`;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What test pictures showed about its settings, if they were tried. */
function TrialFact({ endpoint: { trial } }: { endpoint: Endpoint }) {
  const t = useWords("endpoints");
  if (trial === undefined) return null;
  return <Fact name={t("facts.trial")}>{asSentence(trialWords(trial.verdicts))}</Fact>;
}

function TokenWords({ endpoint, now }: { endpoint: Endpoint; now: Date }) {
  const t = useWords("endpoints");
  const state = tokenStateOf(endpoint, now.getTime());
  const { tokenExpiresAt, tokenSubject } = endpoint;
  const when = tokenExpiresAt === undefined ? "" : formatEnd(tokenExpiresAt, now);
  return (
    <span className={styles.token} data-state={state}>
      {t(`token.${state}`, { when })}
      {tokenSubject !== undefined && state !== "none" && (
        <span className={styles.subject} title={tokenSubject}>
          {t("token.of", { subject: useSubject(tokenSubject) })}
        </span>
      )}
    </span>
  );
}

/** A readable form of a service account. */
function useSubject(subject: string): string {
  const t = useWords("endpoints");
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject) ?? [];
  return name === undefined ? subject : t("token.account", { name, namespace });
}

function CertificateWords({ endpoint }: { endpoint: Endpoint }) {
  const t = useWords("endpoints");
  const { certificate } = endpoint;
  const state = certificateStateOf(endpoint);
  if (state !== "system" || certificate === undefined) return t(`facts.${state}`);
  const { subject, validTo } = certificate;
  return t("facts.trusted", { subject, date: formatDate(validTo) });
}

function TakesWords({ endpoint: { medianSeconds, medianOf } }: { endpoint: Endpoint }) {
  const t = useWords("endpoints");
  if (medianSeconds === undefined) return t("facts.untimed");
  const time = formatDuration(medianSeconds);
  if (medianOf === undefined) return t("facts.secondsPlain", { time });
  return t("facts.seconds", { time, count: medianOf });
}

/** The current time, updated at an interval, for texts such as "2 min ago". Milliseconds since 1970. */
function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
