import { archiveNameSchema } from "../../../engine/contract/archives.ts";
import type { StoredModel } from "../../../engine/contract/models.ts";

/** Whether TorchServe accepts it as a model's name or version. */
export function isArchiveName(text: string): boolean {
  return archiveNameSchema.safeParse(text).success;
}

/** A model's id in a form that TorchServe accepts; the notebook's own name if nothing of it is left. */
export function archiveNameOf({ id }: Pick<StoredModel, "id">): string {
  const name = id.replaceAll(/[^A-Za-z0-9._-]/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return isArchiveName(name) ? name : "stable-diffusion";
}
