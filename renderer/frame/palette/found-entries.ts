import { useQuery } from "@tanstack/react-query";
import { Blend, Box, Contrast, Grid3x3, RadioTower, Settings2, Sparkle } from "lucide-react";
import { useMemo } from "react";
import { useLocation } from "wouter";
import { LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import { SCHEDULER_NAMES, type SchedulerName } from "../../../engine/contract/schedulers.ts";
import { desktop } from "../../connection/desktop.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useEndpoints } from "../../picture/targets.ts";
import { chooseTarget } from "../../state/choose-target.ts";
import { changeForm } from "../../state/form.ts";
import { changeSettings } from "../../state/settings.ts";
import { chooseStyle } from "../../state/style-choice.ts";
import { useView } from "../../state/view.ts";
import type { PaletteEntry } from "../../ui/command-palette.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { useAlbums, usePlaces } from "./place-entries.ts";
import { useServerLines } from "./server-lines.ts";

const THEMES = ["system", "dark", "light"] as const;

/** Entries besides the page's actions; they are read only while the palette is open. */
export function useFoundEntries(): readonly PaletteEntry[] {
  return [
    useThemes(),
    useModels(),
    useTargets(),
    useMaking(),
    useSamplers(),
    useStyles(),
    useAlbums(),
    usePlaces(),
    useSettingLines(),
    useServerLines(),
  ].flat();
}

/** Every line of the Settings page; choosing one opens it. */
function useSettingLines(): readonly PaletteEntry[] {
  const frame = useWords("frame");
  const t = useWords("palette");
  const settings = useWords("settings");
  const [, navigate] = useLocation();
  return useMemo(() => {
    const lines = Object.entries(settings("lines", { returnObjects: true }));
    return lines
      .filter(([, { section }]) => section !== "desktop" || desktop !== undefined)
      .map(([id, { name, section, find, what }]) => ({
        id: `setting.${id}`,
        label: t("setting", { name }),
        group: frame("settings"),
        icon: Settings2,
        note: settings(`${section}.title`),
        keywords: [find, what, settings(`${section}.title`)],
        run: () => navigate(`/settings?line=${id}`),
      }));
  }, [frame, t, settings, navigate]);
}

function useThemes(): readonly PaletteEntry[] {
  const t = useWords("palette");
  const settings = useWords("settings");
  const studio = useStudio();
  return useMemo(
    () =>
      THEMES.map((theme) => ({
        id: `theme.${theme}`,
        label: t("theme", { theme: settings(`appearance.${theme}`) }),
        group: settings("appearance.theme"),
        icon: Contrast,
        keywords: ["mode", "colour", "color", "appearance"],
        run: () => attempt(changeSettings(studio, { theme })),
      })),
    [t, settings, studio],
  );
}

/** Usable models by name. */
function useModels(): readonly PaletteEntry[] {
  const t = useWords("palette");
  const studio = useStudio();
  const show = useShowForm();
  const models = useQuery(studio.queries.models.list.queryOptions()).data;
  return useMemo(() => {
    const usable = (models ?? []).filter(({ problem }) => problem === undefined);
    return usable.map(({ id, summary }) => ({
      id: `model.${id}`,
      label: t("model", { model: summary?.name ?? id }),
      group: t("models"),
      icon: Box,
      keywords: ["checkpoint", "switch", "load", "ckpt", id],
      run: () => {
        attempt(changeSettings(studio, { model: id }));
        show();
      },
    }));
  }, [t, studio, show, models]);
}

/** Where to draw: this machine, or an endpoint by name. Without endpoints there is no choice. */
function useTargets(): readonly PaletteEntry[] {
  const t = useWords("palette");
  const picture = useWords("picture");
  const studio = useStudio();
  const show = useShowForm();
  const endpoints = useEndpoints();
  return useMemo(() => {
    if (endpoints === undefined || endpoints.length === 0) return [];
    return [{ id: LOCAL_TARGET, name: picture("local") }, ...endpoints].map(({ id, name }) => ({
      id: `target.${id}`,
      label: t("target", { name }),
      group: t("targets"),
      icon: RadioTower,
      keywords: ["endpoint", "remote", "device"],
      run: () => {
        attempt(chooseTarget(studio, id));
        show();
      },
    }));
  }, [t, picture, studio, show, endpoints]);
}

/** Dialogs of the Generate page, available on every page. */
function useMaking(): readonly PaletteEntry[] {
  const t = useWords("palette");
  const show = useShowForm();
  return useMemo(() => {
    const group = t("make");
    return [
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
  }, [t, show]);
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
function useShowForm(): (dialog?: "grid" | "styles") => void {
  const [, navigate] = useLocation();
  return useMemo(
    () => (dialog) => {
      useView.setState({ isFormOpen: true });
      navigate(dialog === undefined ? "/generate" : `/generate?open=${dialog}`);
    },
    [navigate],
  );
}
