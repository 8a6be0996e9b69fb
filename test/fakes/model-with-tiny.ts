import { cpSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./temporary-folder.ts";

/** A tiny autoencoder's folder. */
export const TINY = "test/golden/tiny-vae/vae";

/** The folder of a model that also contains its own tiny autoencoder. */
export function modelWithTiny(): string {
  const model = join(temporaryFolder(), "model");
  cpSync("test/golden/tiny-sd2-v/snapshot", model, { recursive: true });
  cpSync(TINY, join(model, "tiny_vae"), { recursive: true });
  return model;
}
