import { CircleX } from "lucide-react";
import { useRef } from "react";
import { Link } from "wouter";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useEndpoint } from "../../picture/targets.ts";
import { useIsLost } from "../../state/connection.ts";
import { changeForm, useForm } from "../../state/form.ts";
import { shareOf, useProgress } from "../../state/progress.ts";
import { runningOf, useQueue } from "../../state/queue.ts";
import { Button } from "../../ui/button.tsx";
import { NumberField } from "../../ui/number-field.tsx";
import { ProgressBar } from "../../ui/progress-bar.tsx";
import { attempt } from "../../ui/toasts.ts";
import { Tooltip } from "../../ui/tooltip.tsx";
import { useKeptFocus } from "../../ui/use-kept-focus.ts";
import { formatBytes, formatCount, formatDuration } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import type { ChosenModel } from "../chosen-model.ts";
import { useEstimate } from "./estimate.ts";
import styles from "./press.module.css";
import { QueueNotes } from "./queue-notes.tsx";
import type { Reason } from "./reasons.ts";
import { requestFrom, wantedFrom } from "./wanted.ts";
import { countPrompts } from "./wildcards.ts";

export interface PressProps {
  readonly model: ChosenModel;
  readonly reasons: readonly Reason[];
  readonly onGenerate: () => void;
}

/** The Generate button and the expected time; always visible. */
export function Press({ model, reasons, onGenerate }: PressProps) {
  const t = useWords("generate");
  const count = useForm((form) => form.count);
  const isOff = reasons.length > 0;
  const place = useRef<HTMLDivElement>(null);
  useKeptFocus(place, { heir: "button:enabled" });
  return (
    <div ref={place} className={styles.press}>
      <RunningBar />
      <QueueNotes />
      <div className={styles.words} role="status">
        {isOff ? <Reasons reasons={reasons} /> : <Expectation model={model} />}
      </div>
      <div className={styles.row}>
        <div className={styles.count}>
          <NumberField
            label={t("press.count")}
            isLabelHidden
            value={count}
            onChange={(value) => changeForm({ count: value })}
            minValue={1}
            maxValue={100}
          />
        </div>
        <Tooltip text={t("actions.generate")} keys="mod+enter">
          <Button variant="filled" size="large" isWide isDisabled={isOff} onPress={onGenerate}>
            {t("press.generate")}
          </Button>
        </Tooltip>
        <CancelButton />
      </div>
    </div>
  );
}

function CancelButton() {
  const t = useWords("generate");
  const { client } = useStudio();
  const running = useQueue((queue) => runningOf(queue)?.id);
  const next = useQueue(({ openIds }) => openIds[0]);
  const id = running ?? next;
  return (
    <Tooltip text={t("press.cancelHint")} keys="shift+x">
      <Button
        size="large"
        icon={CircleX}
        isDisabled={id === undefined}
        onPress={() => id !== undefined && attempt(client.generation.cancel({ ids: [id] }))}
      >
        {t("press.cancel")}
      </Button>
    </Tooltip>
  );
}

/** The progress of the running picture, visible anywhere in the form. */
function RunningBar() {
  const t = useWords("generate");
  const running = useQueue((queue) => runningOf(queue));
  const progress = useProgress((all) => running && all[running.id]);
  const isLost = useIsLost();
  if (running === undefined || isLost) return <div className={styles.bar} />;
  const share = shareOf(progress);
  return (
    <div className={styles.bar}>
      <ProgressBar
        label={t("strip.running", { prompt: running.order.prompt })}
        share={share === 0 ? undefined : share}
      />
    </div>
  );
}

function Reasons({ reasons }: { reasons: readonly Reason[] }) {
  const t = useWords("generate");
  return (
    <ul aria-label={t("press.reasonsTitle")}>
      {reasons.map(({ words, page }) => (
        <li key={words}>
          {words} {page && <Link href={`/${page}`}>{t(`press.open.${page}`)}</Link>}
        </li>
      ))}
    </ul>
  );
}

/** The expected time, shown before the press. */
function Expectation({ model }: { model: ChosenModel }) {
  const endpoint = useEndpoint(useForm(({ target }) => target));
  return endpoint ? <OfEndpoint endpoint={endpoint} /> : <OfDevice model={model} />;
}

/** Estimated from the endpoint's recent pictures. */
function OfEndpoint({ endpoint: { medianSeconds, medianOf } }: { endpoint: Endpoint }) {
  const t = useWords("generate");
  const count = useForm((form) => form.count);
  if (medianSeconds === undefined) return t("press.untimed");
  const time = formatDuration(medianSeconds);
  const total = formatDuration(medianSeconds * count);
  const words = count === 1 ? t("press.each", { time }) : t("press.many", { time, total });
  const source = medianOf === undefined ? undefined : t("press.fromPictures", { count: medianOf });
  return [words, source].filter(Boolean).join(", ");
}

function OfDevice({ model }: { model: ChosenModel }) {
  const t = useWords("generate");
  const form = useForm();
  const wanted = wantedFrom(form, model.summary);
  const { preset } = wanted;
  const request = requestFrom(form, model.id, wanted);
  const estimate = useEstimate(request, model.summary !== undefined);
  if (estimate === undefined) return null;
  const { seconds, loadSeconds, basis, memory } = estimate;
  const time = formatDuration(seconds);
  const prompts = countPrompts(form.prompt);
  const count = prompts * form.count;
  const total = formatDuration(seconds * count);
  const words = count === 1 ? t("press.each", { time }) : t("press.many", { time, total });
  const alternatives =
    prompts > 1 ? t("press.prompts", { prompts, total: formatCount(count) }) : undefined;
  const load =
    loadSeconds >= 1 ? t("press.load", { time: formatDuration(loadSeconds) }) : undefined;
  const needed = memory && formatBytes(memory.neededBytes);
  const kind = preset && t(`quality.${preset}`);
  const room = needed && memory.totalBytes === undefined ? t("press.needs", { needed }) : undefined;
  const expected = [alternatives, words, load, t(`press.${basis}`), room, kind]
    .filter(Boolean)
    .join(" · ");
  if (memory?.totalBytes === undefined) return expected;
  const { largestSide: side } = memory;
  const short = t("press.memory", { needed, total: formatBytes(memory.totalBytes) });
  return [expected, short, side !== undefined && t("press.largest", { side })]
    .filter(Boolean)
    .join(" ");
}
