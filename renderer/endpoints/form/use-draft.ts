import { useState } from "react";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useEndpoint } from "../../picture/targets.ts";
import { testEndpoint } from "../../state/endpoint-tests.ts";
import { attempt } from "../../ui/toasts.ts";
import type { Place } from "../use-endpoint-address.ts";
import { type Draft, draftOf, EMPTY_DRAFT, saveDraft } from "./draft.ts";
import { isSound } from "./faults.ts";
import { draftFrom, type FoundText } from "./import-box.tsx";

export interface DraftStart {
  /** Undefined when adding one. */
  readonly endpoint: Endpoint | undefined;
  /** The field to correct. */
  readonly place: Place | undefined;
  /** What was dropped on the page. */
  readonly dropped: FoundText | undefined;
}

/** A draft that is edited, saved, tested, and edited again. */
export function useDraft({ endpoint, place, dropped }: DraftStart) {
  const { client } = useStudio();
  const [draft, setDraft] = useState(() => firstDraft(endpoint, dropped));
  const [savedId, setSavedId] = useState(endpoint?.id ?? "");
  const [phase, setPhase] = useState<"form" | "saving" | "outcome">("form");
  const [at, setAt] = useState(place);
  const [error, setError] = useState<Error>();
  const [isPressed, setIsPressed] = useState(false);
  const saved = useEndpoint(savedId) ?? endpoint;
  const save = async () => {
    setIsPressed(true);
    if (!isSound(draft, saved)) return;
    setPhase("saving");
    setError(undefined);
    try {
      const { id } = await saveDraft(client, draft, saved);
      // Secrets are sent once and then removed from the page.
      setDraft((sent) => ({ ...sent, token: "", tokenFile: undefined, headers: undefined }));
      setSavedId(id);
      setPhase("outcome");
      attempt(testEndpoint(client, id));
    } catch (failure) {
      setPhase("form");
      setError(failure instanceof Error ? failure : new Error(String(failure)));
    }
  };
  return {
    draft,
    saved,
    phase,
    place: at,
    error,
    areFaultsShown: isPressed,
    change: (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change })),
    save: () => void save(),
    /** Returns to the saved values so that they can be edited. */
    goTo: (next?: Place) => {
      if (saved) setDraft(draftOf(saved));
      setIsPressed(false);
      setAt(next);
      setPhase("form");
    },
  };
}

function firstDraft(endpoint: Endpoint | undefined, dropped: FoundText | undefined): Draft {
  const draft = endpoint ? draftOf(endpoint) : EMPTY_DRAFT;
  return { ...draft, ...(dropped && draftFrom(dropped)) };
}
