import { CircleX } from "lucide-react";
import { useRef } from "react";
import { Link } from "wouter";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useEndpoint } from "../../picture/targets.ts";
import { useExtraTargets } from "../../state/extra-targets.ts";
import { useIsLost } from "../../state/connection.ts";
import { changeForm, useForm } from "../../state/form.ts";
import { shareOf, useProgress } from "../../state/progress.ts";
import { runningOf, useQueue } from "../../state/queue.ts";
import { useOpenPress } from "../../state/selection.ts";
import { Button } from "../../ui/button.tsx";
import { NumberField } from "../../ui/number-field.tsx";
import { ProgressBar } from "../../ui/progress-bar.tsx";
import { attempt } from "../../ui/toasts.ts";
import { Tooltip } from "../../ui/tooltip.tsx";
import { useKeptFocus } from "../../ui/use-kept-focus.ts";
import { formatBytes, formatCount, formatDuration } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import type { ChosenModel } from "../chosen-model.ts";
import { useChosenTarget } from "../chosen-target.ts";
import { useEstimate } from "./estimate.ts";
import styles from "./press.module.css";
import { QueueNotes } from "./queue-notes.tsx";
import type { Reason } from "./reasons.ts";
import { othersOf, sizeOfPress } from "./several-targets.ts";
import { endpointRequest, requestFrom, wantedFrom } from "./wanted.ts";

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
  const isOneOfSeveral = useOpenPress().length > 1;
  return (
    <Tooltip text={t("press.cancelHint")} keys="shift+x">
      <Button
        size="large"
        icon={CircleX}
        isDisabled={id === undefined}
        reason={id === undefined ? t("off.cancel") : undefined}
        onPress={() => id !== undefined && attempt(client.generation.cancel({ ids: [id] }))}
      >
        {t(isOneOfSeveral ? "press.cancelOne" : "press.cancel")}
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
  return endpoint ? (
    <OfEndpoint key={endpoint.id} endpoint={endpoint} model={model} />
  ) : (
    <OfDevice model={model} />
  );
}

/** The size of a press in words, unless the count field says it all; and the words for its time. */
function usePressWords() {
  const t = useWords("generate");
  const form = useForm();
  const target = useChosenTarget();
  const { targets: chosen, isSpread } = useExtraTargets();
  const others = othersOf(target, chosen, form).length;
  const { prompts, targets, total, here } = sizeOfPress(form, others, isSpread);
  const pictures = { count: total, total: formatCount(total), targets };
  const size = [
    prompts > 1 && t("press.prompts", { prompts: formatCount(prompts) }),
    targets > 1 && t("press.picturesAt", pictures),
    prompts > 1 && targets === 1 && t("press.pictures", pictures),
  ];
  return {
    size: size.filter(Boolean).join(", "),
    timeOf: (seconds: number) => {
      const time = formatDuration(seconds);
      if (here === undefined || here === 1) return t("press.each", { time });
      return t("press.many", { time, total: formatDuration(seconds * here) });
    },
  };
}

interface OfEndpointProps {
  readonly endpoint: Endpoint;
  readonly model: ChosenModel;
}

/** Estimated from the endpoint's recent pictures. */
function OfEndpoint({ endpoint: { medianSeconds }, model: { summary } }: OfEndpointProps) {
  const t = useWords("generate");
  const form = useForm();
  const request = endpointRequest(form, wantedFrom(form, summary), useChosenTarget());
  const isMeasured = medianSeconds !== undefined;
  const estimate = useEstimate(request, isMeasured);
  const { size, timeOf } = usePressWords();
  if (!isMeasured) return [size, t("press.untimed")].filter(Boolean).join(" · ");
  if (estimate === undefined) return size;
  const { seconds, pictures: count = 0 } = estimate;
  const expected = [timeOf(seconds), t("press.fromPictures", { count })].join(", ");
  return [size, expected].filter(Boolean).join(" · ");
}

function OfDevice({ model }: { model: ChosenModel }) {
  const t = useWords("generate");
  const form = useForm();
  const wanted = wantedFrom(form, model.summary);
  const { preset } = wanted;
  const request = requestFrom(form, model.id, wanted);
  const estimate = useEstimate(request, model.summary !== undefined);
  const { size, timeOf } = usePressWords();
  if (estimate === undefined) return size;
  const { seconds, loadSeconds, basis, memory } = estimate;
  const load =
    loadSeconds >= 1 ? t("press.load", { time: formatDuration(loadSeconds) }) : undefined;
  const needed = memory && formatBytes(memory.neededBytes);
  const kind = preset && t(`quality.${preset}`);
  const room = needed && memory.totalBytes === undefined ? t("press.needs", { needed }) : undefined;
  const expected = [size, timeOf(seconds), load, t(`press.${basis}`), room, kind]
    .filter(Boolean)
    .join(" · ");
  if (memory?.totalBytes === undefined) return expected;
  const { largestSide: side } = memory;
  const short = t("press.memory", { needed, total: formatBytes(memory.totalBytes) });
  return [expected, short, side !== undefined && t("press.largest", { side })]
    .filter(Boolean)
    .join(" ");
}
