import { Keyboard, ListOrdered, Search, Undo2 } from "lucide-react";
import { useEffect, useMemo } from "react";
import { useLocation } from "wouter";
import type { Action } from "../shortcuts/registry.ts";
import { isUndoOffered, undoLast, wasDoneAfter } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import { PAGES } from "./rail.tsx";

/** What is open over the page. */
export type Shown = "palette" | "sheet" | "queue" | undefined;

/** The names of the pages in A1111, InvokeAI and others. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  generate: ["txt2img", "img2img", "linear", "draw", "canvas"],
  gallery: ["images browser", "outputs", "history", "boards"],
  models: ["checkpoints", "model manager"],
  buckets: ["s3", "storage"],
  endpoints: ["remote", "api", "inference"],
  server: ["api", "kserve", "openai"],
  settings: ["preferences", "options", "config"],
};

/** Actions available on every page: open a page, find a command, show the shortcuts and the queue. */
export function useFrameActions(show: (shown: Shown) => void): readonly Action[] {
  const t = useWords("frame");
  const [address, navigate] = useLocation();
  const ratesByDigits = address.startsWith("/gallery");
  useEffect(followTyping, []);
  return useMemo(() => {
    const group = t("studio");
    const pages = PAGES.map(({ id, icon }, index) => ({
      id: `frame.${id}`,
      label: t("openPage", { page: t(id) }),
      group,
      icon,
      // In the gallery, digits rate pictures.
      keys: ratesByDigits ? `alt+${index + 1}` : String(index + 1),
      keywords: SYNONYMS[id],
      run: () => navigate(`/${id}`),
    }));
    const overlays = [
      { id: "palette", label: t("openPalette"), icon: Search, keys: "mod+k" },
      { id: "sheet", label: t("openSheet"), icon: Keyboard, keys: "shift+?", keywords: ["help"] },
      { id: "queue", label: t("openQueue"), icon: ListOrdered, keys: "q" },
    ] as const;
    return [
      ...pages,
      ...overlays.map((overlay) => ({
        ...overlay,
        id: `frame.${overlay.id}`,
        group,
        run: () => show(overlay.id),
      })),
      {
        id: "frame.undo",
        label: t("undo"),
        group,
        icon: Undo2,
        keys: "mod+z",
        // A change made in a dialog can be undone while the dialog is open.
        worksInDialogs: isUndoOffered,
        isFieldsOwn: () => !wasDoneAfter(typedAt),
        run: undoLast,
      },
    ];
  }, [t, navigate, ratesByDigits, show]);
}

/** When the user last typed, in the page's time: a field has its own undo. */
let typedAt = 0;

function noteTyped(): void {
  typedAt = performance.now();
}

function followTyping(): () => void {
  document.addEventListener("input", noteTyped, true);
  return () => document.removeEventListener("input", noteTyped, true);
}
