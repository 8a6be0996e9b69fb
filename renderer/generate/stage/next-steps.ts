import {
  Box,
  Cpu,
  Dices,
  KeyRound,
  Link,
  type LucideIcon,
  Minimize2,
  RadioTower,
  RotateCcw,
  Settings2,
  ShieldCheck,
  Timer,
} from "lucide-react";
import { useLocation } from "wouter";
import type { Generation } from "../../../engine/contract/generation.ts";
import type { GenerationRequest } from "../../../engine/contract/request.ts";
import { useStudio } from "../../connection/studio.tsx";
import { changeSettings } from "../../state/settings.ts";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { type FailureTitle, failureTitle } from "./failure-title.ts";
import { smallerThan } from "../form/ratios.ts";

/** What can be clicked where a picture failed. */
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
} as const;
type StepId = keyof typeof ICONS;

/** The next steps for each kind of failure, the likeliest first. */
const STEPS: Readonly<Record<FailureTitle, readonly StepId[]>> = {
  OUT_OF_MEMORY: ["smaller", "again"],
  NOT_FINITE: ["newSeed", "onCpu"],
  INFERENCE_CRASHED: ["again"],
  DISK_FULL: ["saveAgain"],
  OUTPUT_UNWRITABLE: ["saveAgain", "settings"],
  DEVICE_UNAVAILABLE: ["settings", "again"],
  ENDPOINT_TOKEN_REFUSED: ["token", "again"],
  ENDPOINT_CERTIFICATE: ["certificate", "again"],
  ENDPOINT_MODEL_UNKNOWN: ["endpointModel", "again"],
  ENDPOINT_MOVED: ["address", "again"],
  ENDPOINT_UNREACHABLE: ["again", "endpoints"],
  ENDPOINT_NOT_SERVED: ["address", "again"],
  ENDPOINT_BUSY: ["again"],
  ENDPOINT_TIMED_OUT: ["again", "timeout"],
  ENDPOINT_REPLY_INVALID: ["address", "again"],
  ENDPOINT_REPLY_BROKEN: ["again", "endpoints"],
  ENDPOINT_REPLY_TOO_LARGE: ["again", "endpoints"],
  ENDPOINT_PICTURE_INVALID: ["again", "endpoints"],
  ENDPOINT_REFUSED: ["again", "endpoints"],
  ENDPOINT_FAULT: ["again", "endpoints"],
  ENDPOINT_NOT_STARTED: ["again", "startTime"],
  endpointGone: ["endpoints"],
  model: ["models"],
  other: ["again"],
  cancelled: ["retry"],
  interrupted: ["resume"],
};

export function useNextSteps(generation: Generation): readonly NextStep[] {
  const t = useWords("generate");
  const runs = useRuns(generation);
  const size = smallerThan(generation.order);
  const isSmallest = size.width === generation.order.width;
  const steps = STEPS[failureTitle(generation)].filter((id) => id !== "smaller" || !isSmallest);
  return steps.map((id) => ({
    id,
    label: t(`failed.${id}`, { ...size }),
    icon: ICONS[id],
    run: runs[id],
  }));
}

function useRuns({ id, order, target }: Generation): Readonly<Record<StepId, () => void>> {
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
  };
}
