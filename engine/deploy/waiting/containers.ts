import type { WatchedContainer } from "../../contract/deploy-states.ts";
import { ContainerLog, type LogTrouble } from "./container-log.ts";
import { type Ending, type ObservedContainer, shortened } from "./observed.ts";
import { quoting, type Verdict } from "./verdict.ts";

export type Logs = Readonly<Record<WatchedContainer, ContainerLog>>;

/** KServe's names for them. */
export const STORAGE = "storage-initializer";
const SERVING = "kserve-container";

/** The copy from the bucket, while it runs or after it failed; undefined before and after it. */
export function copying(before: readonly ObservedContainer[], logs: Logs): Verdict | undefined {
  const copier = before.find(({ name }) => name === STORAGE);
  if (copier === undefined) return undefined;
  if (copier.hasEnded && copier.ended?.exitCode !== 0) return failedCopy(copier, logs);
  if (!copier.isRunning) return undefined;
  const log = logs[STORAGE];
  const trouble = log.trouble();
  if (trouble !== undefined) return troubleVerdict(trouble);
  const key = log.last(/Downloaded object (\S+)/)?.[1];
  const sentence = "The storage initializer is copying the model from the bucket";
  return {
    state: "storage-copying",
    sentence: key === undefined ? `${sentence}.` : `${sentence}; ${key} has arrived.`,
  };
}

/** Why the copy failed, from its log or its termination message. */
export function failedCopy({ ended, restarts }: ObservedContainer, logs: Logs): Verdict {
  const trouble = logs[STORAGE].trouble() ?? endTrouble(STORAGE, ended);
  const again = restarts > 0 ? `, ${restarts + 1} times so far` : "";
  const sentence = `The copy from the bucket failed${again}.`;
  if (trouble === undefined) {
    const advice = "The lines of its log say why.";
    return quoting({ state: "storage-failed", sentence, advice }, lastLineOf(ended));
  }
  return { ...troubleVerdict(trouble), sentence: `${sentence} ${trouble.sentence}` };
}

/** Why the server keeps ending. */
export function crashed({ ended, restarts }: ObservedContainer, logs: Logs): Verdict {
  const trouble = logs[SERVING].trouble() ?? endTrouble(SERVING, ended);
  const code = ended?.exitCode === undefined ? "" : ` with exit code ${ended.exitCode}`;
  const starts = restarts > 1 ? `, ${restarts} times so far` : "";
  const sentence = `The model server ends${code} soon after each start${starts}.`;
  if (trouble === undefined) {
    const advice = "The lines of its log say why.";
    return quoting({ state: "crash-looping", sentence, advice }, lastLineOf(ended));
  }
  return {
    ...troubleVerdict(trouble),
    state: "crash-looping",
    sentence: `${sentence} ${trouble.sentence}`,
  };
}

function endTrouble(
  container: WatchedContainer,
  ended: Ending | undefined,
): LogTrouble | undefined {
  return new ContainerLog(container, ended?.lastLines ?? []).trouble();
}

function lastLineOf(ended: Ending | undefined): string {
  return shortened(ended?.lastLines.at(-1) ?? "", 300);
}

/** A log's finding as a verdict. */
export function troubleVerdict({ state, sentence, advice, said }: LogTrouble): Verdict {
  return { state, sentence, said, ...(advice !== undefined && { advice }) };
}

/** What the log says about a server that is running but not ready. */
export function loading(main: readonly ObservedContainer[], logs: Logs): Verdict | undefined {
  // If a sidecar checks tokens or counts requests, the server is the container that KServe names.
  const server = main.find(({ name }) => name === SERVING) ?? main[0];
  if (server?.isRunning !== true) return undefined;
  const log = logs[SERVING];
  const trouble = log.trouble();
  const tries = triesOf(log);
  const at = tries === undefined ? {} : { tries };
  if (trouble !== undefined) return { ...troubleVerdict(trouble), ...at };
  if (log.last(/-> WORKER_MODEL_LOADED|loaded successfully/) !== undefined) {
    const sentence = "The model is loaded; the cluster has not seen it yet.";
    return { state: "model-loading", sentence, ...at };
  }
  if (tries === undefined) {
    return {
      state: "model-loading",
      sentence: "The model server has started and is loading the model.",
    };
  }
  const { now, of } = tries;
  const seconds = log.last(/Sleep (\d{1,6}) seconds for load/)?.[1];
  const pace = seconds === undefined ? "" : ` It asks every ${seconds} s.`;
  const verdict = { state: "model-loading", tries } as const;
  const sentence = `The model is loading: try ${now} of ${of}.${pace}`;
  if (now < of) return { ...verdict, sentence };
  return {
    ...verdict,
    outlook: "trouble",
    sentence: `The model is still not loaded at the last of ${of} tries.`,
    advice: "Raise MODEL_LOAD_MAX_TRY or MODEL_LOAD_DELAY in the serving runtime, then redeploy.",
  };
}

function triesOf(log: ContainerLog): Verdict["tries"] {
  const [, now, of] = log.last(/\.\. (\d{1,6}) of (\d{1,6}) tries/) ?? [];
  return now === undefined || of === undefined ? undefined : { now: Number(now), of: Number(of) };
}
