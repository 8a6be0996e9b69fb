import { Copy } from "lucide-react";
import type { ReactNode } from "react";
import type { ModelSummary, Provenance, StoredModel } from "../../engine/contract/models.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { attempt, showToast } from "../ui/toasts.ts";
import { formatAbout, formatBytes, formatWhen } from "../words/format.ts";
import { STARTER_KNOWS } from "../words/en/starter.ts";
import { useWords } from "../words/words.ts";
import styles from "./model-details.module.css";
import { useModelCard } from "./samples.tsx";

/** All facts about a model, line by line. */
export function ModelFacts({ model }: { model: StoredModel }) {
  const t = useWords("models");
  const { id, summary, diskBytes, fit, provenance } = model;
  return (
    <dl className={styles.facts}>
      {summary && <GoodFor summary={summary} />}
      {summary?.isStarter === true && <StarterFacts />}
      <TimePerPicture id={id} />
      {summary && <Nature summary={summary} />}
      <Fact name={t("details.disk")}>{formatBytes(diskBytes)}</Fact>
      {fit.memoryBytes > 0 && (
        <Fact name={t("details.memory")}>{formatBytes(fit.memoryBytes)}</Fact>
      )}
      <Hash model={model} />
      {provenance && <Origin provenance={provenance} />}
      <Fact name={t("details.id")} copied={id}>
        <code>{id}</code>
      </Fact>
    </dl>
  );
}

/** Pictures count as large from this many pixels a side. */
const LARGE_SIDE = 768;
/** A UNet with fewer parameters is not a full Stable Diffusion. */
const FULL_PARAMETERS = 300e6;

/** What a model is good for, judged by its configuration. */
function GoodFor({ summary }: { summary: ModelSummary }) {
  const t = useWords("models");
  const { unetParameters, isDistilled, steps, width, height } = summary;
  const side = Math.min(width, height);
  const uses = [
    unetParameters < FULL_PARAMETERS ? t("card.small") : t("card.full"),
    ...(side >= LARGE_SIDE ? [t("card.large", { side })] : []),
    ...(isDistilled ? [t("card.distilled", { steps })] : []),
  ];
  return <Fact name={t("card.goodFor")}>{`${uses.join(". ")}.`}</Fact>;
}

/** What the built-in model can draw. */
function StarterFacts() {
  const t = useWords("starter");
  return STARTER_KNOWS.map((kind) => (
    <Fact key={kind} name={t(`${kind}.name`)}>
      {t(`${kind}.list`)}
    </Fact>
  ));
}

function TimePerPicture({ id }: { id: string }) {
  const t = useWords("models");
  const estimate = useModelCard(id)?.estimate;
  if (estimate === undefined) return null;
  const { seconds, basis } = estimate;
  return (
    <Fact name={t("card.expected")}>{t(`card.${basis}`, { time: formatAbout(seconds) })}</Fact>
  );
}

function Nature({ summary }: { summary: ModelSummary }) {
  const t = useWords("models");
  const picture = useWords("picture");
  const { predictionType, width, height, steps, guidanceScale, scheduler, parameters } = summary;
  return (
    <>
      <Fact name={t("details.size")}>{`${width} × ${height}`}</Fact>
      <Fact name={t("details.predictionType")}>{t(`details.${predictionType}`)}</Fact>
      <Fact name={t("details.own")}>
        {t("details.ownValue", {
          scheduler: scheduler ? picture(`schedulers.${scheduler}`) : t("details.ownScheduler"),
          steps,
          guidance: guidanceScale,
        })}
      </Fact>
      <Fact name={t("details.parameters")}>
        {t("details.millions", { count: Number((parameters / 1e6).toFixed(1)) })}
      </Fact>
    </>
  );
}

function Hash({ model: { sha256, verified } }: { model: StoredModel }) {
  const t = useWords("models");
  return (
    <>
      <Fact name={t("details.sha256")} copied={sha256}>
        {sha256 === undefined ? (
          <span className={styles.quiet}>{t("details.noHash")}</span>
        ) : (
          <code>{sha256}</code>
        )}
      </Fact>
      {verified && (
        <Fact name={t("details.verified")}>
          <span className={verified.isSound ? undefined : styles.bad}>
            {t(verified.isSound ? "details.sound" : "details.unsound", {
              when: formatWhen(verified.at),
            })}
          </span>
        </Fact>
      )}
    </>
  );
}

function Origin({ provenance }: { provenance: Provenance }) {
  const t = useWords("models");
  const { kind, name, revision, variant, licence, addedAt } = provenance;
  return (
    <>
      <Fact name={t("details.source")}>{t(`details.${kind}`, { name })}</Fact>
      {revision !== undefined && (
        <Fact name={t("details.revision")} copied={revision}>
          <code>{revision}</code>
        </Fact>
      )}
      {variant !== undefined && variant !== "" && (
        <Fact name={t("details.variant")}>{variant}</Fact>
      )}
      {licence !== undefined && <Fact name={t("details.licence")}>{licence}</Fact>}
      <Fact name={t("details.added")}>{formatWhen(addedAt)}</Fact>
    </>
  );
}

interface FactProps {
  readonly name: string;
  /** The text that a copy button copies. */
  readonly copied?: string | undefined;
  readonly children: ReactNode;
}

/** One line of facts. */
export function Fact({ name, copied, children }: FactProps) {
  const t = useWords("models");
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text);
    showToast(t("details.copied"));
  };
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
      {copied !== undefined && (
        <dd>
          <IconButton
            icon={Copy}
            size="dense"
            label={t("details.copy", { field: name })}
            onPress={() => attempt(copy(copied))}
          />
        </dd>
      )}
    </div>
  );
}
