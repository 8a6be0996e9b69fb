import { useState } from "react";
import type { Connection, ConnectionCheck } from "../../../engine/contract/buckets.ts";
import { useStudio } from "../../connection/studio.tsx";
import { type ConnectionField, refreshBuckets, testConnection } from "../../state/connections.ts";
import { type Draft, draftOf, EMPTY_DRAFT, isSound, saveDraft } from "./draft.ts";

export interface DraftStart {
  /** Undefined where one is added. */
  readonly connection: Connection | undefined;
  /** What of it is to be put right. */
  readonly field: ConnectionField | undefined;
  /** A Secret that was dropped on the page. */
  readonly yaml: string | undefined;
}

/** A draft on its way: written, saved and tested; what the test says stands at the field it is about. */
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
      // Sent once; nothing of them stays in the page.
      setDraft(draftOf(kept));
      setSaved(kept);
      setPhase("testing");
      const outcome = await testConnection(client, kept.id);
      setCheck(outcome);
      // What was read, or refused, with the values before.
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
      // Of another source nothing has been tried yet.
      if (change.source !== undefined) setIsPressed(false);
      // What was found out is about what was saved.
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
