import { create } from "zustand";
import { DEPLOY_DEFAULTS, type DeployDraft } from "../../engine/contract/deploy.ts";

/** Where a model is in a bucket, as the Deploy page's form names it. */
export type DeployPlace = Pick<DeployDraft, "connectionId" | "bucket" | "path">;

/** A model that was published since the pages were opened. */
export interface Published extends DeployPlace {
  /** Its name in the archive. */
  readonly name: string;
}

const FIRST_PLACE: DeployPlace = {
  connectionId: "",
  bucket: undefined,
  path: "stable-diffusion/",
};
const FIRST_NAME = "stable-diffusion";

/** The Deploy page's form; it stays while the studio's pages are open. */
export const useDeployDraft = create<DeployDraft>()(() => ({
  ...DEPLOY_DEFAULTS,
  ...FIRST_PLACE,
  name: FIRST_NAME,
}));

/** What the form was filled with, to tell it from what the user entered; and the last publish. */
interface Filled {
  readonly place: DeployPlace;
  readonly name: string;
  readonly published?: Published;
}

const useFilled = create<Filled>()(() => ({ place: FIRST_PLACE, name: FIRST_NAME }));

export function changeDeployDraft(change: Partial<DeployDraft>): void {
  useDeployDraft.setState(change);
}

/** Fills in a place that the user has asked for. */
export function fillDeployPlace(place: Partial<DeployPlace>): void {
  changeDeployDraft(place);
  const { connectionId, bucket, path } = useDeployDraft.getState();
  useFilled.setState({ place: { connectionId, bucket, path } });
}

/** Remembers a publish, and fills in its place and its name where the user has entered nothing else. */
export function notePublished(published: Published): void {
  const draft = useDeployDraft.getState();
  const { place, name } = useFilled.getState();
  useFilled.setState({ published });
  if (isSamePlace(draft, place)) fillDeployPlace(placeOf(published));
  const own = deploymentNameOf(published.name);
  if (draft.name !== name || own === undefined) return;
  changeDeployDraft({ name: own });
  useFilled.setState({ name: own });
}

/** The last publish since the pages were opened. */
export function useLastPublish(): Published | undefined {
  return useFilled(({ published }) => published);
}

export function placeOf({ connectionId, bucket, path }: DeployPlace): DeployPlace {
  return { connectionId, bucket, path };
}

export function isSamePlace(one: DeployPlace, other: DeployPlace): boolean {
  return (
    one.connectionId === other.connectionId &&
    one.bucket === other.bucket &&
    one.path === other.path
  );
}

/** A model's name as Kubernetes accepts it for an object; undefined if nothing of it is left. */
function deploymentNameOf(model: string): string | undefined {
  const name = model
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "");
  return name === "" ? undefined : name;
}
