import { useCallback, useEffect, useRef, useState } from "react";
import { fromWire } from "../../../engine/contract/errors.ts";
import type { TrialNews } from "../../../engine/contract/setting-trial.ts";
import { asFailure } from "../../connection/failure.ts";
import { useStudio } from "../../connection/studio.tsx";

/** The progress of a trial of an endpoint's settings. */
export interface RunningTrial {
  readonly state: "idle" | "running" | "ended" | "cancelled";
  readonly news?: TrialNews | undefined;
  /** Why it stopped early. */
  readonly error?: Error | undefined;
}

const NOTHING: RunningTrial = { state: "idle" };

/** Tries an endpoint's settings; a trial ends when it is cancelled, or when the page is left. */
export function useTrial(id: string) {
  const { client } = useStudio();
  const [trial, setTrial] = useState(NOTHING);
  const running = useRef<AbortController>(undefined);
  const cancel = useCallback(() => {
    running.current?.abort();
    setTrial((before) => (before.state === "running" ? { ...before, state: "cancelled" } : before));
  }, []);
  const start = useCallback(async () => {
    running.current?.abort();
    const leaving = new AbortController();
    running.current = leaving;
    const { signal } = leaving;
    setTrial({ state: "running" });
    const follow = async (): Promise<Error | undefined> => {
      let last: TrialNews | undefined;
      for await (const news of await client.endpoints.trySettings({ id }, { signal })) {
        last = news;
        if (!signal.aborted) setTrial({ state: "running", news });
      }
      return last?.error && fromWire(last.error);
    };
    const error = await follow().catch(asFailure);
    if (!signal.aborted) setTrial((before) => ({ ...before, state: "ended", error }));
  }, [client, id]);
  useEffect(() => () => running.current?.abort(), []);
  return { ...trial, start, cancel };
}
