import { useQuery } from "@tanstack/react-query";
import { Blend, Gauge, Grid3x3, Minus, Sparkle, TextCursorInput } from "lucide-react";
import { useMemo } from "react";
import { useLocation } from "wouter";
import { LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import type { Preset } from "../../../engine/contract/presets.ts";
import { SCHEDULER_NAMES, type SchedulerName } from "../../../engine/contract/schedulers.ts";
import { useStudio } from "../../connection/studio.tsx";
import { changeForm, useForm } from "../../state/form.ts";
import { fieldsOf, presetsFor, USUAL } from "../../state/presets.ts";
import { chooseStyle } from "../../state/style-choice.ts";
import { useView } from "../../state/view.ts";
import type { PaletteEntry } from "../../ui/command-palette.tsx";
import { showToast } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";

/** What the form of the Generate page offers, available on every page. */
export function useFormEntries(): readonly PaletteEntry[] {
  return [useMaking(), usePresets(), useSamplers(), useStyles()].flat();
}

/** The form's prompts and dialogs. */
function useMaking(): readonly PaletteEntry[] {
  const t = useWords("palette");
  const generate = useWords("generate");
  const show = useShowForm();
  return useMemo(() => {
    const group = t("make");
    return [
      {
        id: "generate.prompt",
        label: generate("actions.prompt"),
        group,
        icon: TextCursorInput,
        keywords: ["write", "text", "wildcards", "dynamic prompt", "{a|b}"],
        run: () => show(),
      },
      {
        id: "generate.negative",
        label: generate("negativePrompt"),
        group,
        icon: Minus,
        keywords: ["exclude", "avoid", "without"],
        run: () => {
          useView.setState({ isNegativePromptOpen: true });
          show();
        },
      },
      {
        id: "generate.grid",
        label: t("grid"),
        group,
        icon: Grid3x3,
        keywords: ["xyz plot", "matrix", "contact sheet", "compare"],
        run: () => show("grid"),
      },
      {
        id: "generate.styles",
        label: t("manageStyles"),
        group,
        icon: Sparkle,
        keywords: ["styles.csv", "import", "export", "prompt template"],
        run: () => show("styles"),
      },
    ];
  }, [t, generate, show]);
}

/** The presets that the form offers for the chosen model. */
function usePresets(): readonly PaletteEntry[] {
  const t = useWords("palette");
  const picture = useWords("picture");
  const { queries } = useStudio();
  const show = useShowForm();
  const isRemote = useForm(({ target }) => target !== LOCAL_TARGET);
  const id = useQuery(queries.settings.get.queryOptions()).data?.model;
  const models = useQuery(queries.models.list.queryOptions()).data;
  const model = isRemote ? undefined : models?.find((one) => one.id === id)?.summary;
  const own = model ?? USUAL;
  return useMemo(() => {
    const choose = (preset: Preset) => {
      changeForm({ ...fieldsOf(preset, own), isPresetChosen: true });
      show();
      showToast(t("presetSet", { preset: picture(`presets.${preset}`) }));
    };
    return presetsFor(own, true).map((preset) => ({
      id: `preset.${preset}`,
      label: t("preset", { preset: picture(`presets.${preset}`) }),
      group: t("presets"),
      icon: Gauge,
      keywords: ["speed", "quick", "slow"],
      run: () => choose(preset),
    }));
  }, [t, picture, show, own]);
}

function useSamplers(): readonly PaletteEntry[] {
  const t = useWords("palette");
  const picture = useWords("picture");
  const show = useShowForm();
  return useMemo(() => {
    const entry = (scheduler: SchedulerName | undefined, label: string, told: string) => ({
      id: `sampler.${scheduler ?? "own"}`,
      label,
      group: t("samplers"),
      icon: Blend,
      keywords: ["scheduler", scheduler ?? "default"],
      run: () => {
        changeForm({ scheduler, isPresetChosen: true });
        show();
        showToast(told);
      },
    });
    const named = SCHEDULER_NAMES.map((name) => {
      const sampler = picture(`schedulers.${name}`);
      return entry(name, t("sampler", { sampler }), t("samplerSet", { sampler }));
    });
    return [...named, entry(undefined, t("samplerOwn"), t("samplerOwnSet"))];
  }, [t, picture, show]);
}

function useStyles(): readonly PaletteEntry[] {
  const t = useWords("palette");
  const { queries } = useStudio();
  const show = useShowForm();
  const styles = useQuery(queries.styles.list.queryOptions()).data;
  return useMemo(
    () =>
      (styles ?? []).map((style) => ({
        id: `style.${style.name}`,
        label: t("style", { name: style.name }),
        group: t("styles"),
        icon: Sparkle,
        keywords: ["preset", style.prompt],
        run: () => {
          chooseStyle(style);
          show();
          showToast(t("styleAdded", { name: style.name }));
        },
      })),
    [t, show, styles],
  );
}

/** Opens the Generate form, where a choice is visible, optionally with one of its dialogs. */
export function useShowForm(): (dialog?: "grid" | "styles") => void {
  const [, navigate] = useLocation();
  return useMemo(
    () => (dialog) => {
      useView.setState({ isFormOpen: true });
      navigate(dialog === undefined ? "/generate" : `/generate?open=${dialog}`);
    },
    [navigate],
  );
}
