import { RefreshCw } from "lucide-react";
import type { Endpoint, EndpointCheck } from "../../../engine/contract/endpoints.ts";
import { useStudio } from "../../connection/studio.tsx";
import { ReadinessSign } from "../../picture/readiness.tsx";
import { testEndpoint, useEndpointTests } from "../../state/endpoint-tests.ts";
import { Button } from "../../ui/button.tsx";
import { Select } from "../../ui/select.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import styles from "./check-outcome.module.css";
import { EndpointTrouble } from "../endpoint-trouble.tsx";
import { TestPicture } from "./test-picture.tsx";
import type { Place } from "../use-endpoint-address.ts";

export interface CheckOutcomeProps {
  readonly endpoint: Endpoint;
  readonly onPlace: (place: Place) => void;
}

/** A test's result and what follows from it: the next step, or the models to choose from. */
export function CheckOutcome({ endpoint, onPlace }: CheckOutcomeProps) {
  const t = useWords("endpoints");
  const { client } = useStudio();
  const { id, name, check } = endpoint;
  const isTesting = useEndpointTests(({ running }) => running.has(id));
  const test = () => attempt(testEndpoint(client, id));
  if (isTesting || check === undefined) return <Testing isTesting={isTesting} onTest={test} />;
  return (
    <div className={styles.outcome}>
      <p className={styles.title} role="status">
        <ReadinessSign readiness={check.state} />
        {t(`outcome.${check.state}`, { name })}
      </p>
      {check.state !== "failed" && <Answer check={check} />}
      {check.error && <EndpointTrouble error={check.error} onPlace={onPlace} onTest={test} />}
      <ModelChoice endpoint={endpoint} check={check} />
      {check.state === "ready" && (
        <>
          <ProfileChoice endpoint={endpoint} check={check} />
          <TestPicture endpoint={endpoint} onPlace={onPlace} />
        </>
      )}
    </div>
  );
}

function Testing({ isTesting, onTest }: { isTesting: boolean; onTest: () => void }) {
  const t = useWords("endpoints");
  return (
    <div className={styles.outcome}>
      <p className={styles.title} role="status">
        <ReadinessSign readiness={isTesting ? "testing" : "unknown"} />
        {t(isTesting ? "readiness.testing" : "readiness.unknown")}
      </p>
      {!isTesting && (
        <div>
          <Button icon={RefreshCw} onPress={onTest}>
            {t("remedies.again")}
          </Button>
        </div>
      )}
    </div>
  );
}

function Answer({ check }: { check: EndpointCheck }) {
  const t = useWords("endpoints");
  const { state, server } = check;
  const ms = Math.round(check.ms);
  if (state === "not-ready") return <p className={styles.text}>{t("outcome.notReadyText")}</p>;
  return (
    <p className={styles.text}>
      {server === undefined
        ? t("outcome.readyText", { ms })
        : t("outcome.readyServer", { ms, server })}
    </p>
  );
}

interface ChoiceProps {
  readonly endpoint: Endpoint;
  readonly check: EndpointCheck;
}

/** The models that it lists, if there are several. */
function ModelChoice({ endpoint: { id, model }, check: { models } }: ChoiceProps) {
  const t = useWords("endpoints");
  const { client } = useStudio();
  const all = models.includes(model) ? models : [model, ...models];
  if (models.length === 0 || all.length === 1) return null;
  const choose = async (name: string) => {
    await client.endpoints.change({ id, model: name });
    await testEndpoint(client, id);
  };
  return (
    <div className={styles.choice}>
      <Select
        label={t("fields.model")}
        description={t("fields.modelListed")}
        value={model}
        onChange={(name) => name !== model && attempt(choose(name))}
        options={all.map((name) => {
          const isListed = models.includes(name);
          const note = isListed ? undefined : t("fields.modelUnlisted");
          return { value: name, label: name, note, isDisabled: !isListed };
        })}
      />
    </div>
  );
}

/** The endpoint accepts more than is sent to it; offers to send that. */
function ProfileChoice({ endpoint: { id, profile }, check: { inputs } }: ChoiceProps) {
  const t = useWords("endpoints");
  const { client } = useStudio();
  const count = inputs.length - 1;
  if (count < 1) return null;
  if (profile === "full") return <p className={styles.text}>{t("outcome.sentAll")}</p>;
  return (
    <div className={styles.offer}>
      <p className={styles.text}>{t("outcome.settings", { count })}</p>
      <Button
        size="dense"
        onPress={() => attempt(client.endpoints.change({ id, profile: "full" }))}
      >
        {t("outcome.useSettings")}
      </Button>
    </div>
  );
}
