import { useCallback, useEffect, useRef, useState } from "react";
import { DOCTOR_STEPS, type DoctorStep, type Finding } from "../../../engine/contract/doctor.ts";
import { asFailure } from "../../connection/failure.ts";
import { useStudio } from "../../connection/studio.tsx";

/** The progress of a diagnosis. */
export interface Diagnosis {
  /** Findings by step; steps without a finding yet are absent. */
  readonly findings: ReadonlyMap<DoctorStep, Finding>;
  readonly state: "idle" | "running" | "ended" | "cancelled";
  /** Why it could not be carried out. */
  readonly error?: Error | undefined;
}

const NOTHING: Diagnosis = { findings: new Map(), state: "idle" };

/** Diagnoses an endpoint. A diagnosis ends when it is cancelled or started again, or when the page is left. */
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

/** The diagnosis after one more finding. */
export function withFinding(before: Diagnosis, finding: Finding): Diagnosis {
  return { ...before, findings: new Map(before.findings).set(finding.step, finding) };
}

/** The findings that have a result, in the order of the steps. */
export function endedFindings({ findings }: Pick<Diagnosis, "findings">): readonly Finding[] {
  return DOCTOR_STEPS.flatMap((step) => {
    const finding = findings.get(step);
    return finding === undefined || finding.outcome === "running" ? [] : [finding];
  });
}
