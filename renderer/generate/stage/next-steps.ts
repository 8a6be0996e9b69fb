import {
  Box,
  Cpu,
  Dices,
  KeyRound,
  Link,
  type LucideIcon,
  Minimize2,
  Monitor,
  RadioTower,
  RotateCcw,
  Settings2,
  ShieldCheck,
  Timer,
} from "lucide-react";
import { useLocation } from "wouter";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { type Generation, LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import type { GenerationRequest } from "../../../engine/contract/request.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useEndpoints } from "../../picture/targets.ts";
import { changeSettings } from "../../state/settings.ts";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { type FailureTitle, failureTitle } from "./failure-title.ts";
import { smallerThan } from "../form/ratios.ts";
import { fastestFirst, requestAt } from "../overflow.ts";

/** A step to offer after a failure. */
export interface NextStep {
  readonly id: StepId;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly run: () => void;
}

const ICONS = {
  again: RotateCcw,
  saveAgain: RotateCcw,
  resume: RotateCcw,
  retry: RotateCcw,
  smaller: Minimize2,
  newSeed: Dices,
  onCpu: Cpu,
  models: Box,
  settings: Settings2,
  token: KeyRound,
  certificate: ShieldCheck,
  endpointModel: Box,
  address: Link,
  timeout: Timer,
  startTime: Timer,
  endpoints: RadioTower,
  there: RadioTower,
  here: Monitor,
} as const;
type StepId = keyof typeof ICONS;

/** The steps for each kind of failure, the most likely first. */
const STEPS: Readonly<Record<FailureTitle, readonly StepId[]>> = {
  OUT_OF_MEMORY: ["smaller", "there", "again"],
  NOT_FINITE: ["newSeed", "onCpu"],
  INFERENCE_CRASHED: ["again", "there"],
  DISK_FULL: ["saveAgain"],
  OUTPUT_UNWRITABLE: ["saveAgain", "settings"],
  DEVICE_UNAVAILABLE: ["settings", "there", "again"],
  ENDPOINT_TOKEN_REFUSED: ["token", "again", "here"],
  ENDPOINT_CERTIFICATE: ["certificate", "again", "here"],
  ENDPOINT_MODEL_UNKNOWN: ["endpointModel", "again", "here"],
  ENDPOINT_MOVED: ["address", "again", "here"],
  ENDPOINT_UNREACHABLE: ["again", "here", "endpoints"],
  ENDPOINT_NOT_SERVED: ["address", "again", "here"],
  ENDPOINT_BUSY: ["again", "here"],
  ENDPOINT_TIMED_OUT: ["again", "here", "timeout"],
  ENDPOINT_REPLY_INVALID: ["address", "again", "here"],
  ENDPOINT_REPLY_BROKEN: ["again", "here", "endpoints"],
  ENDPOINT_REPLY_TOO_LARGE: ["again", "here", "endpoints"],
  ENDPOINT_PICTURE_INVALID: ["again", "here", "endpoints"],
  ENDPOINT_REFUSED: ["again", "here", "endpoints"],
  ENDPOINT_FAULT: ["again", "here", "endpoints"],
  ENDPOINT_NOT_STARTED: ["again", "here", "startTime"],
  PROXY_FAILED: ["again", "here", "endpoints"],
  PROXY_INVALID: ["here", "endpoints"],
  endpointGone: ["here", "endpoints"],
  model: ["models"],
  other: ["again"],
  cancelled: ["retry"],
  interrupted: ["resume"],
};

export function useNextSteps(generation: Generation): readonly NextStep[] {
  const t = useWords("generate");
  const size = smallerThan(generation.order);
  const there = useOtherEndpoint(generation);
  const isMeant = (id: StepId): boolean => {
    if (id === "smaller") return size.width !== generation.order.width;
    if (id === "there") return there !== undefined;
    return id !== "here" || generation.target !== LOCAL_TARGET;
  };
  const runs = useRuns(generation, there);
  const steps = STEPS[failureTitle(generation)].filter(isMeant);
  return steps.map((id) => ({
    id,
    label: t(`failed.${id}`, { ...size, name: there?.name }),
    icon: ICONS[id],
    run: runs[id],
  }));
}

/** The endpoint to use instead of this machine: the fastest one. None accepts a start image. */
function useOtherEndpoint({ target, order }: Generation): Endpoint | undefined {
  const all = useEndpoints() ?? [];
  if (target !== LOCAL_TARGET || order.initImageId !== undefined) return undefined;
  return fastestFirst(all)[0];
}

function useRuns(
  { id, order, target }: Generation,
  there: Endpoint | undefined,
): Readonly<Record<StepId, () => void>> {
  const studio = useStudio();
  const [, navigate] = useLocation();
  const { client } = studio;
  const retry = () => attempt(client.generation.retry({ ids: [id] }));
  const edit = (place: string) => navigate(`/endpoints?edit=${target}&at=${place}`);
  const ask = (request: GenerationRequest) => attempt(client.generation.enqueue(request));
  const onCpu = async () => {
    await changeSettings(studio, { device: "cpu" });
    await client.generation.retry({ ids: [id] });
  };
  return {
    again: retry,
    saveAgain: retry,
    resume: retry,
    retry,
    smaller: () => ask({ ...order, ...smallerThan(order) }),
    newSeed: () => ask({ ...order, seed: undefined }),
    onCpu: () => attempt(onCpu()),
    models: () => navigate("/models"),
    settings: () => navigate("/settings"),
    token: () => edit("token"),
    certificate: () => edit("certificate"),
    endpointModel: () => edit("model"),
    address: () => edit("url"),
    timeout: () => edit("timeout"),
    startTime: () => edit("timeout"),
    endpoints: () => navigate("/endpoints"),
    there: () => there && ask(requestAt(there.id, order)),
    here: () => ask(requestAt(LOCAL_TARGET, order)),
  };
}
