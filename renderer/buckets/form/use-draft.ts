import { useState } from "react";
import type { Connection, ConnectionCheck } from "../../../engine/contract/buckets.ts";
import { useStudio } from "../../connection/studio.tsx";
import { type ConnectionField, refreshBuckets, testConnection } from "../../state/connections.ts";
import { type Draft, draftOf, EMPTY_DRAFT, isSound, saveDraft } from "./draft.ts";

export interface DraftStart {
  /** Undefined when adding one. */
  readonly connection: Connection | undefined;
  /** The field to correct. */
  readonly field: ConnectionField | undefined;
  /** A Secret dropped on the page. */
  readonly yaml: string | undefined;
}

/** A draft that is edited, saved and tested; the test's result appears at the field it concerns. */
export function useDraft({ connection, field, yaml }: DraftStart, onReady: (id: string) => void) {
  const studio = useStudio();
  const { client } = studio;
  const [draft, setDraft] = useState(() => firstDraft(connection, yaml));
  const [saved, setSaved] = useState(connection);
  const [phase, setPhase] = useState<"form" | "saving" | "testing">("form");
  const [error, setError] = useState<Error>();
  const [check, setCheck] = useState(connection?.check);
  const [isPressed, setIsPressed] = useState(false);
  const [attempts, setAttempts] = useState(0);
  const save = async () => {
    if (phase !== "form") return;
    setIsPressed(true);
    if (!isSound(draft, saved)) return setAttempts((before) => before + 1);
    setPhase("saving");
    setError(undefined);
    try {
      const kept = await saveDraft(client, draft, saved);
      // Keys are sent once and then removed from the page.
      setDraft(draftOf(kept));
      setSaved(kept);
      setPhase("testing");
      const outcome = await testConnection(client, kept.id);
      setCheck(outcome);
      // The connection as read back, or as refused with the previous values.
      refreshBuckets(studio);
      if (outcome.state === "ready") onReady(kept.id);
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)));
    }
    setPhase("form");
    setAttempts((before) => before + 1);
  };
  return {
    draft,
    saved,
    phase,
    error,
    check: failedOnly(check),
    field,
    areFaultsShown: isPressed,
    attempts,
    change: (change: Partial<Draft>) => {
      setDraft((before) => ({ ...before, ...change }));
      // A new source has not been tried yet.
      if (change.source !== undefined) setIsPressed(false);
      // The test result belonged to the saved values.
      setCheck(undefined);
    },
    save: () => void save(),
  };
}

function failedOnly(check: ConnectionCheck | undefined): ConnectionCheck | undefined {
  return check?.state === "failed" ? check : undefined;
}

function firstDraft(connection: Connection | undefined, yaml: string | undefined): Draft {
  if (connection) return draftOf(connection);
  return yaml === undefined ? EMPTY_DRAFT : { ...EMPTY_DRAFT, source: "secret", yaml };
}
