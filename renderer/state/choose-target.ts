import { SOFTWARE } from "../../engine/contract/software.ts";
import type { Studio } from "../connection/studio.tsx";
import { keepFields } from "./form-keeping.ts";
import { changeSettings } from "./settings.ts";

/** Chooses a target and saves the choice. Choosing an endpoint also completes the first start. */
export async function chooseTarget(studio: Studio, target: string): Promise<void> {
  await keepFields(studio, { target });
  await changeSettings(studio, { isIntroduced: true, seenVersion: SOFTWARE.version });
}
