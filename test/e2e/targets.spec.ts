import sharp from "sharp";
import type { Page } from "@playwright/test";
import { always, type Answer, openStandIn } from "../fakes/stand-in-endpoint.ts";
import { EDGE, notebookService } from "../fakes/notebook-service.ts";
import { addEndpoint, remoteStudio } from "./remote-studio.ts";
import { expect, test } from "./studio-test.ts";

async function alsoAt(page: Page, ...names: readonly string[]): Promise<void> {
  await page.getByText("Draw elsewhere too").click();
  for (const name of names)
    await page.getByRole("switch", { name, exact: true }).click({ force: true });
}

async function press(page: Page, prompt: string): Promise<void> {
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(prompt);
  await page.getByRole("spinbutton", { name: "Steps" }).fill("2");
  await page.getByRole("button", { name: "Generate", exact: true }).click();
}

test("one press at this machine and at another Darkroom is one comparison", async ({ studio }) => {
  const { page } = studio;
  await using remote = await remoteStudio();
  await addEndpoint(page, { url: remote.url, name: "Colleague" });
  await page.reload();
  await alsoAt(page, "Colleague");
  await press(page, "a red house in the snow");
  await expect(page.getByText("2 of 2 ready")).toBeVisible();
  const sheet = page.getByRole("region", { name: "Picture" });
  await expect(sheet.getByText(/^\s*this computer · /)).toBeVisible();
  await expect(sheet.getByText(/^\s*Colleague · /)).toBeVisible();

  await page.getByRole("button", { name: "Compare this computer and Colleague" }).click();
  const differences = page.getByRole("complementary", { name: "Differences" });
  await expect(
    differences.getByRole("row", { name: "Run on this computer Colleague" }),
  ).toBeVisible();
  // The same model, seed and settings on the same kind of device.
  await expect(differences.getByText("None: every pixel is the same")).toBeVisible();
  await expect(page.getByRole("slider", { name: "Divider" })).toBeVisible();
  await page.getByText("Side by side").click();
  await expect(page.getByRole("img", { name: /^a red house/ })).toHaveCount(2);
});

test("an endpoint draws nothing beside a start image, and says why", async ({ studio }) => {
  const { page } = studio;
  await using colleague = await openStandIn(notebookService());
  await addEndpoint(page, { url: colleague.url, name: "Colleague" });
  await page.reload();
  await alsoAt(page, "Colleague");
  const other = page.getByRole("switch", { name: /^Colleague/ });
  await expect(other).toBeChecked();
  const chosen = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Start from a picture" }).press("Enter");
  const teal = { create: { width: 64, height: 64, channels: 3, background: "teal" } } as const;
  const buffer = await sharp(teal).png().toBuffer();
  await (await chosen).setFiles({ name: "teal.png", mimeType: "image/png", buffer });
  await expect(page.getByRole("region", { name: "Start image" })).toBeVisible();
  await expect(other).toBeDisabled();
  await expect(other).not.toBeChecked();
  await expect(page.getByText("This target takes no start image", { exact: false })).toBeVisible();
  await press(page, "a red house in the snow");
  const drawn = page.getByRole("option", { name: "a red house in the snow", exact: true });
  await expect(drawn).toHaveCount(1);
  expect(colleague.seen.filter(({ path }) => path.endsWith("/infer"))).toEqual([]);
});

/** The notebook's service, whose pictures are answered differently. */
function edgeThat(answer: Answer): Answer {
  const edge = notebookService();
  return (response, request, count) =>
    (request.path.endsWith("/infer") ? answer : edge)(response, request, count);
}

const FULL = always(503, JSON.stringify({ error: "Its queue is full" }));

test("of a spread batch, what never started is drawn elsewhere, and what may have started is not", async ({
  studio,
}) => {
  const { page } = studio;
  await using well = await openStandIn(notebookService());
  await using full = await openStandIn(edgeThat(FULL));
  await using slow = await openStandIn(edgeThat(EDGE.routeTimeout));
  await addEndpoint(page, { url: full.url, name: "Full", profile: "full" });
  await addEndpoint(page, { url: well.url, name: "Colleague" });
  await addEndpoint(page, { url: slow.url, name: "Slow route" });
  await page.reload();
  await page.getByRole("button", { name: /Run on$/ }).click();
  await page.getByRole("option", { name: /^Full/ }).click();
  await alsoAt(page, "Colleague", "Slow route");
  await page.getByText("Divide", { exact: true }).click();
  await page.getByRole("spinbutton", { name: "Count" }).fill("3");
  await press(page, "a red house in the snow");
  await expect(page.getByText("2 of 3 ready")).toBeVisible();

  const sheet = page.getByRole("region", { name: "Picture" });
  await expect(sheet.getByText("not started on Full")).toHaveCount(1);
  // Each got one request: nothing was drawn twice, and the slow one was not asked again.
  const asked = (edge: typeof full) => edge.seen.filter(({ method }) => method === "POST").length;
  expect([asked(full), asked(well), asked(slow)]).toEqual([1, 2, 1]);

  await sheet.getByRole("option", { name: /failed/ }).dblclick();
  await expect(sheet.getByText("ENDPOINT_TIMED_OUT")).toBeVisible();
  await expect(
    sheet.getByText(
      "Slow route may have started to draw it, so it was not tried on Full, Colleague.",
    ),
  ).toBeVisible();
});
