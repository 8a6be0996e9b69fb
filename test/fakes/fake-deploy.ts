import { deployDraftSchema } from "../../engine/contract/deploy.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import { deployment } from "../../engine/deploy/manifests.ts";
import { connectionOf } from "./fake-buckets.ts";

/** Manifests as the engine makes them, for the fake studio's connection; nothing is written. */
export function manifestCommands(): Pick<StudioClient["deploy"], "manifests" | "save"> {
  const { name, endpoint, region } = connectionOf();
  const connection = { name, endpoint, region, bucket: "models", hasCa: false };
  return {
    manifests: async (draft) => deployment(deployDraftSchema.parse(draft), connection),
    save: async ({ folder, ...draft }) => {
      const made = deployment(deployDraftSchema.parse(draft), connection);
      return { ...made, paths: made.files.map((file) => `${folder}/${file.name}`) };
    },
  };
}
