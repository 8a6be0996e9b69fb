import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium, type Page } from "@playwright/test";
import { CHROMIUM_ARGS, chromiumPath } from "./chromium.ts";

/**
 * Takes screenshots of a page:
 *
 *     node test/e2e/look.ts http://localhost:5173/gallery?fake=many gallery-many
 *
 * Flags: --size 1280x800 and --theme dark (repeatable), --do "click:Queue" (or `press:?`, `fill:Prompt=a cat`,
 * `hover:…`, `wait:500`; repeatable), --wait MS, --axe, --out FOLDER
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: "string", multiple: true, default: ["1280x800", "1920x1080"] },
    theme: { type: "string", multiple: true, default: ["dark", "light"] },
    do: { type: "string", multiple: true, default: [] },
    wait: { type: "string", default: "700" },
    axe: { type: "boolean", default: false },
    out: { type: "string", default: "/tmp/looks" },
  },
});
const [address = "", name = "page"] = positionals;

async function act(page: Page, step: string): Promise<void> {
  const [verb = "", what = ""] = step.split(/:(.*)/s);
  if (verb === "press") return page.keyboard.press(what);
  if (verb === "wait") return page.waitForTimeout(Number(what));
  if (verb === "fill") {
    const [label = "", text = ""] = what.split(/=(.*)/s);
    return page.getByRole("textbox", { name: label, exact: true }).fill(text);
  }
  const target = page
    .getByRole("button", { name: what })
    .or(page.getByRole("link", { name: what }))
    .or(page.getByRole("tab", { name: what }))
    .or(page.getByRole("img", { name: what }))
    .or(page.getByText(what, { exact: true }))
    .first();
  if (verb === "hover") return target.hover();
  if (verb === "right-click") return target.click({ button: "right" });
  return target.click();
}

async function checkAxe(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const { id, help, nodes } of violations)
    console.log(
      `axe ${id}: ${help}\n  ${nodes
        .slice(0, 4)
        .map(({ html }) => html.slice(0, 180))
        .join("\n  ")}`,
    );
}

mkdirSync(values.out, { recursive: true });
const browser = await chromium.launch({
  ...(chromiumPath && { executablePath: chromiumPath }),
  args: CHROMIUM_ARGS,
});
for (const size of values.size) {
  for (const theme of values.theme) {
    const [width = 1280, height = 800] = size.split("x").map(Number);
    const colorScheme = theme === "light" ? "light" : "dark";
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") console.log(message.text());
    });
    page.on("pageerror", (error) => console.log(error.message));
    await page.goto(address, { waitUntil: "load" });
    await page.waitForTimeout(Number(values.wait));
    for (const step of values.do) await act(page, step);
    await page.waitForTimeout(250);
    const path = `${values.out}/${name}-${width}-${theme}.png`;
    await page.screenshot({ path });
    console.log(path);
    if (values.axe) await checkAxe(page);
    await context.close();
  }
}
await browser.close();
