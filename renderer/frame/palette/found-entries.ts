import { useQuery } from "@tanstack/react-query";
import { Box, Contrast, RadioTower, Settings2 } from "lucide-react";
import { useMemo } from "react";
import { useLocation } from "wouter";
import { LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import { desktop } from "../../connection/desktop.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useEndpoints } from "../../picture/targets.ts";
import { chooseTarget } from "../../state/choose-target.ts";
import { changeSettings } from "../../state/settings.ts";
import type { PaletteEntry } from "../../ui/command-palette.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { useFormEntries, useShowForm } from "./form-entries.ts";
import { useAlbums, useImports, usePlaces } from "./place-entries.ts";
import { useServerLines } from "./server-lines.ts";

const THEMES = ["system", "dark", "light"] as const;

/** Entries besides the page's actions; they are read only while the palette is open. */
export function useFoundEntries(): readonly PaletteEntry[] {
  return [
    useThemes(),
    useModels(),
    useTargets(),
    useFormEntries(),
    useImports(),
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
