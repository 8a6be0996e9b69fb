import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { Applied, DeploymentPlace } from "../../engine/contract/deployments.ts";
import type { DeployDraft, DeployField } from "../../engine/contract/deploy.ts";

/** What this browser stores about clusters: the selected one, and the first pictures of deployments applied here. */
export interface ClusterState {
  readonly clusterId: string | undefined;
  /** By deployment: `wanted` until it is ready, then the id of the generation that draws its first picture. */
  readonly pictures: Readonly<Record<string, string>>;
}

const WANTED = "wanted";
/** Maximum number of deployments remembered. */
const KEPT_PICTURES = 50;

export const useClusterChoice = create<ClusterState>()(
  persist((): ClusterState => ({ clusterId: undefined, pictures: {} }), {
    name: "darkroom.clusters",
    version: 1,
  }),
);

export function chooseCluster(clusterId: string): void {
  useClusterChoice.setState({ clusterId });
}

/** A key for a deployment, unique across clusters. */
export function placeKey({ clusterId, namespace, name }: DeploymentPlace): string {
  return `${clusterId}/${namespace}/${name}`;
}

/** Requests a first picture of a deployment that was just applied. */
export function wantPicture(place: DeploymentPlace): void {
  keepPicture(place, WANTED);
}

/** Removes the request for a first picture and returns whether there was one, so that it is drawn only once. */
export function takeWish(place: DeploymentPlace): boolean {
  const key = placeKey(place);
  const isWanted = useClusterChoice.getState().pictures[key] === WANTED;
  if (isWanted) keepPicture(place, "");
  return isWanted;
}

export function keepPicture(place: DeploymentPlace, generationId: string): void {
  useClusterChoice.setState(({ pictures }) => {
    const { [placeKey(place)]: _, ...others } = pictures;
    const kept = Object.entries(others).slice(1 - KEPT_PICTURES);
    return { pictures: Object.fromEntries([...kept, [placeKey(place), generationId]]) };
  });
}

/** The generation that draws a deployment's first picture; undefined if none was requested yet. */
export function pictureOf({ pictures }: ClusterState, place: DeploymentPlace): string | undefined {
  const id = pictures[placeKey(place)];
  return id === undefined || id === WANTED || id === "" ? undefined : id;
}

/** A dry run with its result; valid only while the form does not change. */
export interface DryRun {
  readonly clusterId: string;
  readonly draft: DeployDraft;
  readonly force: boolean;
  readonly applied: Applied;
}

export const useDryRun = create<{ readonly last: DryRun | undefined }>()(() => ({
  last: undefined,
}));

export function keepDryRun(last: DryRun): void {
  useDryRun.setState({ last });
}

/** Whether the form still equals the draft of the dry run. */
export function isSameDraft(one: DeployDraft, other: DeployDraft): boolean {
  return textOf(one) === textOf(other);
}

function textOf(draft: DeployDraft): string {
  const entries = Object.entries(draft).toSorted(([a], [b]) => a.localeCompare(b));
  return JSON.stringify(entries);
}

/** The cluster's error for a field of the form, while the form still equals the draft of the dry run. */
export function clusterFault(
  last: DryRun | undefined,
  draft: DeployDraft,
  field: DeployField,
): string | undefined {
  if (last === undefined || !isSameDraft(last.draft, draft)) return undefined;
  return last.applied.objects.flatMap(({ faults }) => faults).find((one) => one.field === field)
    ?.reason;
}
