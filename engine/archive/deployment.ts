import type { DeploymentCheck, Manifest } from "../contract/archives.ts";
import type { ConfigProperties } from "./config-properties.ts";
import type { Member } from "./member.ts";

/** What is known about a model that TorchServe behind KServe should serve: from listings, without unpacking. */
export interface Deployment {
  /** The last part of the archive's path. */
  readonly fileName: string;
  readonly manifest: Manifest;
  readonly members: readonly Member[];
  /** Where the model is in it, or a sentence that says why none can be found. */
  readonly model: { readonly zip?: string } | { readonly problem: string };
  /** The text of the requirements file; absent if it was not read. */
  readonly requirements?: string | undefined;
  /** The size of the model's pictures; absent if its configs cannot be read yet. */
  readonly picture?: { readonly width: number; readonly height: number } | undefined;
  /**
   * What a pod without a GPU needs to draw that picture here with Balanced or Fast; absent if sizes are not known yet.
   */
  readonly memory?: { readonly neededBytes: number; readonly limitGib: number } | undefined;
  /** The config.properties that it is served with; absent if none was found beside it. */
  readonly config?: ConfigProperties | undefined;
}

/** Assumed for a model whose configs cannot be read yet: Stable Diffusion 2's own size. */
export const USUAL_PICTURE = { width: 768, height: 768 };

/** A line of the checklist, by its outcome. */
export function line(name: DeploymentCheck["name"]) {
  return {
    ok: (found: string): DeploymentCheck => ({ name, outcome: "ok", found }),
    warning: (found: string, advice: string): DeploymentCheck => {
      return { name, outcome: "warning", found, advice };
    },
    failed: (found: string, advice: string): DeploymentCheck => {
      return { name, outcome: "failed", found, advice };
    },
  };
}
