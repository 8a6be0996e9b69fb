import { useCallback, useEffect, useRef, useState } from "react";
import { DOCTOR_STEPS, type DoctorStep, type Finding } from "../../../engine/contract/doctor.ts";
import { asFailure } from "../../connection/failure.ts";
import { useStudio } from "../../connection/studio.tsx";

/** How far a look at an endpoint is. */
export interface Diagnosis {
  /** By their steps; those that are not told of yet are absent. */
  readonly findings: ReadonlyMap<DoctorStep, Finding>;
  readonly state: "idle" | "running" | "ended" | "cancelled";
  /** Why it could not be made. */
  readonly error?: Error | undefined;
}

const NOTHING: Diagnosis = { findings: new Map(), state: "idle" };

/** Has an endpoint looked at; a look ends where it is cancelled, begun anew, or the page is left. */
export function useDiagnosis(id: string) {
  const { client } = useStudio();
  const [diagnosis, setDiagnosis] = useState(NOTHING);
  const running = useRef<AbortController>(undefined);
  const cancel = useCallback(() => {
    running.current?.abort();
    setDiagnosis((before) => ({ ...before, state: "cancelled" }));
  }, []);
  const start = useCallback(
    async (isPictureAsked: boolean, isStartAwaited = false) => {
      running.current?.abort();
      const leaving = new AbortController();
      running.current = leaving;
      const { signal } = leaving;
      setDiagnosis({ ...NOTHING, state: "running" });
      const follow = async () => {
        for await (const finding of await client.endpoints.diagnose(
          { id, isPictureAsked, isStartAwaited },
          { signal },
        )) {
          if (!signal.aborted) setDiagnosis((before) => withFinding(before, finding));
        }
      };
      const error = await follow().then(() => undefined, asFailure);
      if (!signal.aborted) setDiagnosis((before) => ({ ...before, state: "ended", error }));
    },
    [client, id],
  );
  useEffect(() => () => running.current?.abort(), []);
  return { ...diagnosis, start, cancel };
}

/** What is known after a finding. */
export function withFinding(before: Diagnosis, finding: Finding): Diagnosis {
  return { ...before, findings: new Map(before.findings).set(finding.step, finding) };
}

/** Those that have come to something, in the order of the steps. */
export function endedFindings({ findings }: Pick<Diagnosis, "findings">): readonly Finding[] {
  return DOCTOR_STEPS.flatMap((step) => {
    const finding = findings.get(step);
    return finding === undefined || finding.outcome === "running" ? [] : [finding];
  });
}
