import type { DeploymentCheck, Manifest } from "../contract/archives.ts";
import type { ConfigProperties } from "./config-properties.ts";
import type { Member } from "./member.ts";

/** What is known of a model that is to be served by TorchServe behind KServe: listings, nothing unpacked. */
export interface Deployment {
  /** The archive's file or folder, without its folders. */
  readonly fileName: string;
  readonly manifest: Manifest;
  readonly members: readonly Member[];
  /** Where the model lies in it, or the sentence that says why none can be found. */
  readonly model: { readonly zip?: string } | { readonly problem: string };
  /** The requirements file's text; absent where it was not read. */
  readonly requirements?: string | undefined;
  /** The size of picture that the model draws; absent where its configs cannot be read yet. */
  readonly picture?: { readonly width: number; readonly height: number } | undefined;
  /** What a pod without a GPU needs to draw that picture here by Balanced or Fast; absent where sizes are not known yet. */
  readonly memory?: { readonly neededBytes: number; readonly limitGib: number } | undefined;
  /** The config.properties that it is served by; absent where none was found beside it. */
  readonly config?: ConfigProperties | undefined;
}

/** What a model is taken to draw whose configs cannot be read yet: Stable Diffusion 2's own size. */
export const USUAL_PICTURE = { width: 768, height: 768 };

/** One line of the checklist, by its outcome. */
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
