import { useQuery } from "@tanstack/react-query";
import { DECODERS, type GuidanceInterval } from "../../../engine/contract/presets.ts";
import { useStudio } from "../../connection/studio.tsx";
import { changeForm, useForm } from "../../state/form.ts";
import { Help } from "../../ui/help.tsx";
import { Select } from "../../ui/select.tsx";
import { formatShare } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { useChosenTarget } from "../chosen-target.ts";
import { CACHES, INTERVALS } from "../../picture/faster-values.ts";

const OWN = "own";

/** A recalled interval is added to the choices. */
export function Interval({ isDisabled }: { readonly isDisabled: boolean }) {
  const t = useWords("generate");
  const chosen = useForm(({ guidanceInterval }) => guidanceInterval);
  const offered = new Map(INTERVALS.map((interval) => [interval.join(), interval]));
  if (chosen !== undefined) offered.set(chosen.join(), chosen);
  const words = ([from, to]: GuidanceInterval): string =>
    from === 0
      ? t("quality.intervalFirst", { share: formatShare(to) })
      : t("quality.intervalPart", { from: formatShare(from), to: formatShare(to) });
  return (
    <Select
      label={t("quality.interval")}
      isDisabled={isDisabled}
      help={<Help about={t("quality.interval")}>{t("quality.intervalHelp")}</Help>}
      value={chosen?.join() ?? OWN}
      onChange={(value) =>
        changeForm({ guidanceInterval: offered.get(value), isPresetChosen: true })
      }
      options={[
        { value: OWN, label: t("quality.intervalWhole") },
        ...[...offered].map(([value, interval]) => ({ value, label: words(interval) })),
      ]}
    />
  );
}

/** A recalled value is added to the choices. */
export function FullSteps({ isDisabled }: { readonly isDisabled: boolean }) {
  const t = useWords("generate");
  const chosen = useForm(({ cacheInterval }) => cacheInterval);
  const offered = [...new Set([...CACHES, ...(chosen === undefined ? [] : [chosen])])];
  return (
    <Select
      label={t("quality.cache")}
      isDisabled={isDisabled}
      help={<Help about={t("quality.cache")}>{t("quality.cacheHelp")}</Help>}
      value={String(chosen ?? OWN)}
      onChange={(value) =>
        changeForm({
          cacheInterval: value === OWN ? undefined : Number(value),
          isPresetChosen: true,
        })
      }
      options={[
        { value: OWN, label: t("quality.cacheAll") },
        ...offered.map((steps) => ({
          value: String(steps),
          label: t("quality.cacheOneIn", { steps }),
        })),
      ]}
    />
  );
}

const SETTINGS = "settings";

/** The decoder of the picture; hidden if the model has no tiny decoder, unless one was recalled. */
export function DecoderField({ model, isDisabled }: { model: string; isDisabled: boolean }) {
  const t = useWords("generate");
  const { queries } = useStudio();
  const { isRemote } = useChosenTarget();
  const chosen = useForm(({ decoder }) => decoder);
  const { data: decoders = [] } = useQuery(
    queries.generation.decoders.queryOptions({ input: { model } }),
  );
  const isOffered = isRemote ? !isDisabled : decoders.includes("tiny");
  if (!isOffered && chosen === undefined) return null;
  return (
    <Select
      label={t("quality.decoder")}
      isDisabled={isDisabled}
      help={<Help about={t("quality.decoder")}>{t("quality.decoderHelp")}</Help>}
      value={chosen ?? SETTINGS}
      onChange={(value) => changeForm({ decoder: DECODERS.find((name) => name === value) })}
      options={[
        { value: SETTINGS, label: t("quality.decoderSettings") },
        { value: "own", label: t("quality.decoderOwn") },
        { value: "tiny", label: t("quality.decoderTiny") },
      ]}
    />
  );
}
