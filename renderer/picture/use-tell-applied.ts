import { useCallback } from "react";
import { useLocation } from "wouter";
import { LOCAL_TARGET } from "../../engine/contract/generation.ts";
import { type Studio, useStudio } from "../connection/studio.tsx";
import { useForm } from "../state/form.ts";
import { changeSettings } from "../state/settings.ts";
import { attempt, showToast, showUndo } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import { modelNotice, type ModelNotice } from "./model-notice.ts";

/**
 * Says that settings were applied. If a picture's model is named and another one is chosen, the picture's is chosen,
 * which can be undone, or the page on which it can be downloaded is offered.
 */
export function useTellApplied(): (text: string, model?: string) => Promise<void> {
  const t = useWords("picture");
  const studio = useStudio();
  const [address, navigate] = useLocation();
  const isHere = address === "/generate";
  return useCallback(
    async (text, model) => {
      const notice = await noticeFor(studio, model).catch(() => undefined);
      const words =
        notice === undefined
          ? text
          : `${text.replace(/\.?$/, ".")} ${t(`model.${notice.kind}`, { ...notice })}`;
      const open = { label: t("open"), run: () => navigate("/generate") };
      const openElsewhere = isHere ? [] : [open];
      if (notice?.kind === "missing") {
        const page = `/models?${new URLSearchParams({ get: notice.wanted })}`;
        const label = notice.wanted === "" ? "model.find" : "model.get";
        return showToast(words, ...openElsewhere, { label: t(label), run: () => navigate(page) });
      }
      if (notice?.kind === "other") {
        await changeSettings(studio, { model: notice.id });
        const keep = () => attempt(changeSettings(studio, { model: notice.former }));
        const undo = { label: t("model.keep", { ...notice }), run: keep };
        return showUndo(words, undo, ...openElsewhere);
      }
      showToast(text, ...openElsewhere);
    },
    [t, studio, isHere, navigate],
  );
}

/** An endpoint draws with its own model, so there is nothing to say then. */
async function noticeFor(
  { cache, queries }: Studio,
  model: string | undefined,
): Promise<ModelNotice | undefined> {
  if (model === undefined || useForm.getState().target !== LOCAL_TARGET) return undefined;
  const [models, settings, catalogue] = await Promise.all([
    cache.fetchQuery(queries.models.list.queryOptions()),
    cache.fetchQuery(queries.settings.get.queryOptions()),
    cache.fetchQuery(queries.models.catalogue.queryOptions()),
  ]);
  return modelNotice(model, { models, chosen: settings.model, catalogue });
}
