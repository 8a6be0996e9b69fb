import { create } from "zustand";
import { DEPLOY_DEFAULTS, type DeployDraft } from "../../engine/contract/deploy.ts";

/** The Deploy page's form; it stays while the studio's pages are open. */
export const useDeployDraft = create<DeployDraft>()(() => ({
  ...DEPLOY_DEFAULTS,
  connectionId: "",
  path: "stable-diffusion/",
  name: "stable-diffusion",
}));

export function changeDeployDraft(change: Partial<DeployDraft>): void {
  useDeployDraft.setState(change);
}
