import { SOFTWARE } from "../../engine/contract/software.ts";
import type { Studio } from "../connection/studio.tsx";
import { keepFields } from "./form-keeping.ts";
import { changeSettings } from "./settings.ts";

/** Chooses where to draw, and keeps it. Who has an endpoint has answered the first start's question by it. */
export async function drawAt(studio: Studio, target: string): Promise<void> {
  await keepFields(studio, { target });
  await changeSettings(studio, { isIntroduced: true, seenVersion: SOFTWARE.version });
}
