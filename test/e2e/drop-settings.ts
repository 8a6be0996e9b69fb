import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";

/** Drops the first picture of a studio's gallery on the Generate page, to apply its settings. */
export async function dropSettings(page: Page, dataFolder: string): Promise<void> {
  const folder = join(dataFolder, "gallery");
  const name = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((path) =>
    path.endsWith(".png"),
  );
  const bytes = readFileSync(join(folder, name ?? ""));
  await dropFile(page, { name: "dropped.png", type: "image/png", bytes });
}

export interface DroppedFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array | string;
}

/** Drops a file on the Generate page, to apply its settings. */
export async function dropFile(page: Page, { name, type, bytes }: DroppedFile): Promise<void> {
  const dropped = await page.evaluateHandle(
    ([base64, fileName, fileType]) => {
      const data = new DataTransfer();
      const content = Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0) ?? 0);
      data.items.add(new File([content], fileName, { type: fileType }));
      return data;
    },
    [Buffer.from(bytes).toString("base64"), name, type] as const,
  );
  await page.getByRole("main").dispatchEvent("dragenter", { dataTransfer: dropped });
  const target = page.getByText("Use its settings");
  for (const event of ["dragenter", "dragover", "drop"]) {
    await target.dispatchEvent(event, { dataTransfer: dropped });
  }
}
