import type { Studio } from "../connection/studio.tsx";
import { changeForm } from "./form.ts";
import { changeSettings } from "./settings.ts";

/** Chooses where to draw. Who has an endpoint has answered the first start's question by it. */
export async function drawAt(studio: Studio, target: string): Promise<void> {
  changeForm({ target });
  await changeSettings(studio, { isIntroduced: true });
}
