import { expectNoViolations } from "./expect-no-violations.ts";
import { expect, test } from "./studio-test.ts";

const PAGES = [
  "generate",
  "gallery",
  "models",
  "buckets",
  "deploy",
  "endpoints",
  "server",
  "settings",
] as const;

/** The popovers of a page, by the button that opens each. */
const POPOVERS = [
  ["gallery", "Filters"],
  ["gallery", "Queue"],
  ["generate", "What Steps means"],
  ["generate", "What Sampler means"],
] as const;

for (const theme of ["dark", "light"] as const) {
  for (const name of PAGES) {
    test(`${name} can be used by everyone, ${theme}`, async ({ studio: { page } }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await page.goto(new URL(`/${name}`, page.url()).href);
      await expect(page.getByRole("main")).toBeVisible();
      await expect(page.getByText("Version 0.1.0")).toBeVisible();
      await expectNoViolations(page);
    });
  }

  test(`what floats over a page can be used by everyone, ${theme}`, async ({ studio }) => {
    const { page } = studio;
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    for (const [name, opener] of POPOVERS) {
      await page.goto(new URL(`/${name}`, page.url()).href);
      await page.getByRole("button", { name: opener }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await expectNoViolations(page);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toBeHidden();
    }
  });
}

test("a disabled button of Generate says why", async ({ studio: { page } }) => {
  await page.goto(new URL("/generate", page.url()).href);
  const off = page.getByRole("main").locator("button:disabled");
  await expect(off.filter({ hasText: "Cancel" })).toHaveAccessibleDescription(
    "Nothing is being drawn.",
  );
  // The reasons of Generate itself are listed above it.
  await expect(page.locator("button:disabled:not([aria-describedby])")).toHaveText(["Generate"]);
});

test("every request goes to the studio itself", async ({ studio }) => {
  const { page } = studio;
  const origins = new Set<string>();
  const refusals: string[] = [];
  page.on("request", (request) => origins.add(new URL(request.url()).origin));
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) refusals.push(message.text());
  });
  for (const name of PAGES) {
    await page.goto(new URL(`/${name}`, page.url()).href);
    await expect(page.getByRole("main")).toBeVisible();
  }
  await page.goto(new URL("/generate", page.url()).href);
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a green tree");
  await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
  await page.keyboard.press("Control+Enter");
  await expect(
    page
      .getByRole("main")
      .getByRole("img", { name: /^a green tree/ })
      .first(),
  ).toBeVisible();
  const own = new URL(page.url()).origin;
  expect([...origins].filter((origin) => origin !== own && origin !== "null")).toEqual([]);
  expect(refusals).toEqual([]);
  expect(studio.connections().filter((host) => !isLoopback(host))).toEqual([]);
});

function isLoopback(host: string): boolean {
  return /^(127\.|::1$|localhost$|\/)/.test(host);
}
