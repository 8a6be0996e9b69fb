import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { dropSettings } from "./drop-settings.ts";
import { expectNoViolations } from "./expect-no-violations.ts";
import { expect, test } from "./studio-test.ts";

const PROMPT = "two purple fish under water";

/** Fills in the form and presses the keys that draw. */
async function draw(page: Page, prompt: string, { steps = 4 } = {}): Promise<void> {
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(prompt);
  await page.getByRole("spinbutton", { name: "Steps" }).fill(String(steps));
  await page.getByRole("spinbutton", { name: "Steps" }).blur();
  // The keys work once the button does: when the studio and its models are known.
  await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
  await page.keyboard.press("Control+Enter");
}

function pictures(page: Page, prompt: string) {
  return page.getByRole("main").getByRole("img", { name: new RegExp(`^${prompt}`) });
}

/** The tile in the session strip; its name is the prompt alone once the picture is finished. */
function done(page: Page, prompt: string) {
  return page
    .getByRole("listbox", { name: "This session" })
    .getByRole("option", { name: prompt, exact: true });
}

test.describe("first start", () => {
  test.use({ isIntroduced: false });

  test("asks how to begin, says what this machine can do, and draws with the starter", async ({
    studio: { page },
  }) => {
    await expect(page.getByText(/This computer draws with .+/)).toBeVisible();
    await expect(page.getByText("Balanced", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Draw a first picture" }).click();
    await expect(done(page, PROMPT)).toBeVisible();
    const next = page.getByRole("region", { name: "Where to go next" });
    await next.getByRole("button", { name: "See your pictures" }).click();
    await expect(page.getByRole("grid", { name: "Gallery" })).toBeVisible();
    await expect(pictures(page, PROMPT)).toHaveCount(1);
    await page.goto(new URL("/generate", page.url()).href);
    await next.getByRole("button", { name: "Close the next steps" }).click();
    await page.reload();
    await expect(page.getByRole("textbox", { name: "Prompt", exact: true })).toHaveValue(PROMPT);
    await expect(next).toBeHidden();
    await expect(page.getByRole("dialog", { name: "What's new" })).toBeHidden();
    await page.getByRole("button", { name: "Earlier prompts" }).click();
    const earlier = page.getByRole("listbox", { name: "Earlier prompts" });
    await expect(earlier.getByRole("option", { name: PROMPT })).toBeVisible();
  });

  test("says what is new after an update, once, and again from the palette", async ({ studio }) => {
    const { page, dataFolder } = studio;
    await page.getByRole("button", { name: "Skip" }).click();
    const settings = join(dataFolder, "settings.json");
    const stored = () => (existsSync(settings) ? readFileSync(settings, "utf8") : "");
    await expect.poll(stored).toContain("seenVersion");
    const kept = readFileSync(settings, "utf8");
    writeFileSync(settings, kept.replace(/("seenVersion":\s*)"[^"]+"/, '$1"0.0.9"'));
    await studio.restart();
    await page.reload();
    const news = page.getByRole("dialog", { name: "What's new" });
    await expect(news).toBeVisible();
    await expectNoViolations(page);
    await news.getByRole("button", { name: "Continue" }).click();
    await expect(news).toBeHidden();
    await page.reload();
    await expect(page.getByRole("textbox", { name: "Prompt", exact: true })).toBeVisible();
    await expect(news).toBeHidden();
    await page.keyboard.press("Control+K");
    await page.keyboard.type("release notes");
    await page.keyboard.press("Enter");
    await expect(news.getByText("Version 0.1.0")).toBeVisible();
  });
});

test("draws, and everything is still there after a restart", async ({ studio }) => {
  const { page } = studio;
  await draw(page, PROMPT);
  await expect(done(page, PROMPT)).toBeVisible();
  await studio.restart();
  await page.goto(new URL("/gallery", page.url()).href);
  await expect(pictures(page, PROMPT)).toHaveCount(1);
  await page.goto(new URL("/generate", page.url()).href);
  await expect(page.getByRole("textbox", { name: "Prompt", exact: true })).toHaveValue(PROMPT);
});

test("when a picture ends, its details and the form keep their elements", async ({
  studio: { page },
}) => {
  await page.getByRole("button", { name: /^Queue/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
  await page.keyboard.press("Escape");
  await draw(page, PROMPT);
  const details = page.getByRole("region", { name: "Details" });
  // The studio's own row, not the placeholder of the press.
  const tile = page
    .getByRole("option", { name: `${PROMPT}, waiting` })
    .and(page.locator(':not([data-key^="pressed-"])'));
  await expect(tile).toBeVisible();
  const kept = [
    details.getByText(PROMPT),
    details.getByText("Steps", { exact: true }),
    page.getByRole("spinbutton", { name: "Steps" }),
    tile,
  ];
  const elements = await Promise.all(kept.map((one) => one.elementHandle()));
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(done(page, PROMPT)).toBeVisible();
  await expect(details.getByRole("toolbar")).toBeVisible();
  const isKept = elements.map((one) => one?.evaluate((element) => element.isConnected));
  expect(await Promise.all(isKept)).toEqual([true, true, true, true]);
});

test("draws with a preset, says so, and applies it from the picture's file", async ({
  studio: { page, dataFolder },
}) => {
  const presets = page.getByRole("radiogroup", { name: "Quality" });
  const preset = (name: string) => presets.getByRole("radio", { name });
  await expect(preset("Exact")).toBeChecked();
  await preset("Fast").click();
  await expect(page.getByText(/10 steps · 1 in 2 of them full · UniPC · int8/)).toBeVisible();
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(PROMPT);
  await expect(page.getByText(/MB of memory · Fast/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
  await page.keyboard.press("Control+Enter");
  await expect(done(page, PROMPT)).toBeVisible();
  await preset("Exact").click();
  await expect(preset("Exact")).toBeChecked();
  await dropSettings(page, dataFolder);
  await expect(preset("Fast")).toBeChecked();
  await page.goto(new URL("/gallery", page.url()).href);
  await pictures(page, PROMPT).first().dblclick();
  for (const told of ["Fast", "int8", "UniPC", "1 step in 2"]) {
    await expect(page.getByText(told, { exact: true })).toBeVisible();
  }
});

test("a number typed before the model is known stays, and an emptied one comes back", async ({
  studio: { page },
}) => {
  const released = Promise.withResolvers<void>();
  await page.route("**/rpc/models/**", async (route) => {
    await released.promise;
    await route.continue();
  });
  await page.reload();
  const steps = page.getByRole("spinbutton", { name: "Steps" });
  await steps.fill("17");
  released.resolve();
  // The starter's own size has replaced Stable Diffusion 2's.
  await expect(page.getByRole("spinbutton", { name: "Width" })).toHaveValue("128");
  await expect(steps).toHaveValue("17");
  await steps.blur();
  await expect(steps).toHaveValue("17");
  await steps.fill("");
  await steps.blur();
  await expect(steps).toHaveValue("17");
});

test("what is typed just before the page is reloaded stays", async ({ studio: { page } }) => {
  const field = page.getByRole("textbox", { name: "Prompt", exact: true });
  const reload = async () => {
    const read = page.waitForResponse(/settings\/readForm$/);
    await page.reload();
    await (await read).finished();
  };
  // Nothing is saved before the saved form was read.
  await reload();
  for (const prompt of ["a red fish", "a red fish, at night"]) {
    await field.fill(prompt);
    await reload();
    await expect(field).toHaveValue(prompt);
  }
});

test("the details' time is the stage's, with loading beside it", async ({ studio: { page } }) => {
  await draw(page, PROMPT);
  await expect(done(page, PROMPT)).toBeVisible();
  const stage = page.getByRole("region", { name: "Picture", exact: true });
  const time = await stage.getByText(/^[\d.]+ s$/).textContent();
  const details = page.getByRole("region", { name: "Details" });
  await expect(details.getByRole("definition").filter({ hasText: "denoising" })).toHaveText(
    new RegExp(
      `^${time}[\\d.]+ s denoising, [\\d.]+ s decoding, plus [\\d.]+ s to load the model$`,
    ),
  );
});

test("a click right after a number was typed is not lost", async ({ studio: { page } }) => {
  await draw(page, PROMPT);
  await expect(page.getByText(/^About [^·]+ · measured here/)).toBeVisible();
  const seed = page.getByRole("textbox", { name: "Seed" });
  await seed.fill("77");
  const dice = page.getByRole("button", { name: "New seed for every picture" });
  await dice.scrollIntoViewIfNeeded();
  await page.getByRole("spinbutton", { name: "Count" }).fill("100");
  // The number is committed while the mouse button is down, and the words about it grow.
  await dice.hover();
  await page.mouse.down();
  await expect(page.getByText(/together/)).toBeVisible();
  await page.mouse.up();
  await expect(seed).toHaveValue("");
});

test("cancels what runs, and shows no error", async ({ studio: { page } }) => {
  await draw(page, PROMPT, { steps: 1000 });
  await expect(page.getByText(/step \d+ of 1000/i).first()).toBeVisible();
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await expect(page.getByText(/cancelled/i).first()).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("queues three and draws them all", async ({ studio: { page } }) => {
  for (const thing of ["a red house", "a blue boat", "a yellow star"]) await draw(page, thing);
  for (const thing of ["a red house", "a blue boat", "a yellow star"]) {
    await expect(done(page, thing)).toBeVisible();
  }
});

test("what ran when the host died can be resumed with the same seed", async ({ studio }) => {
  const { page } = studio;
  await page.getByRole("textbox", { name: "Seed" }).fill("77");
  await draw(page, PROMPT, { steps: 400 });
  await expect(page.getByText(/step \d+ of 400/i).first()).toBeVisible();
  await studio.restart("SIGKILL");
  await page.reload();
  await expect(page.getByText(/interrupted/i).first()).toBeVisible();
  await page
    .getByRole("button", { name: /^Resume/ })
    .first()
    .click();
  await expect(done(page, PROMPT)).toBeVisible({ timeout: 120_000 });
  await page.goto(new URL("/gallery", page.url()).href);
  await pictures(page, PROMPT).first().dblclick();
  await expect(page.getByText("77", { exact: true })).toBeVisible();
});

test("a page that is reloaded in mid-run loses no tile", async ({ studio: { page } }) => {
  // Long enough to be running still when the page has reloaded, even on a fast machine.
  await draw(page, "a red house", { steps: 1000 });
  await draw(page, "a blue boat", { steps: 4 });
  await expect(page.getByText(/step \d+ of 1000/i).first()).toBeVisible();
  await page.reload();
  await expect(page.getByText(/step \d+ of 1000/i).first()).toBeVisible();
  await expect(done(page, "a red house")).toBeVisible({ timeout: 400_000 });
  await expect(done(page, "a blue boat")).toBeVisible({ timeout: 60_000 });
});

test("more like a picture have the next seeds, and the press after them draws something new", async ({
  studio: { page },
}) => {
  await draw(page, "a red fish");
  const fish = done(page, "a red fish");
  await fish.click({ button: "right" });
  await page.getByRole("menuitem", { name: "Draw 4 more with the next seeds" }).click();
  await expect(fish).toHaveCount(5);
  await expect(page.getByRole("spinbutton", { name: "Count" })).toHaveValue("1");
  await expect(page.getByRole("textbox", { name: "Seed" })).toHaveValue("");
});
