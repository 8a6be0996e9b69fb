import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";

/** Drops the first picture of a studio's gallery on the Generate page, to take its settings over. */
export async function dropSettings(page: Page, dataFolder: string): Promise<void> {
  const folder = join(dataFolder, "gallery");
  const name = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((path) =>
    path.endsWith(".png"),
  );
  const bytes = readFileSync(join(folder, name ?? ""));
  const dropped = await page.evaluateHandle((base64) => {
    const data = new DataTransfer();
    const content = Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0) ?? 0);
    data.items.add(new File([content], "dropped.png", { type: "image/png" }));
    return data;
  }, bytes.toString("base64"));
  await page.getByRole("main").dispatchEvent("dragenter", { dataTransfer: dropped });
  const target = page.getByText("Use its settings");
  for (const type of ["dragenter", "dragover", "drop"]) {
    await target.dispatchEvent(type, { dataTransfer: dropped });
  }
}
