import type { Page } from "@playwright/test";
import { always } from "../fakes/stand-in-endpoint.ts";
import { openStandIn } from "../fakes/stand-in-endpoint.ts";
import { EDGE, notebookService } from "../fakes/notebook-service.ts";
import { drawPicture, tileOf } from "./draw-picture.ts";
import { expectNoViolations } from "./expect-no-violations.ts";
import { addEndpoint, addUntested, remoteStudio } from "./remote-studio.ts";
import { expect, test } from "./studio-test.ts";

const PROMPT = "a red house in the snow";

async function openGallery(page: Page): Promise<void> {
  await page.goto(new URL("/gallery", page.url()).href);
}

function tick(page: Page, name: RegExp) {
  return page.getByRole("dialog").getByRole("switch", { name }).click({ force: true });
}

test("a picture of the gallery is drawn at two other targets by keys, and compared with each", async ({
  studio: { page },
}) => {
  await using remote = await remoteStudio();
  await using other = await openStandIn(notebookService());
  await addEndpoint(page, { url: remote.url, name: "Colleague" });
  await addEndpoint(page, { url: other.url, name: "Cluster" });
  await drawPicture(page, PROMPT);
  await openGallery(page);
  await tileOf(page, PROMPT).click();
  await page.keyboard.press("Shift+C");
  const dialog = page.getByRole("dialog", { name: "Run on another computer and compare" });
  const draw = dialog.getByRole("button", { name: "Draw and compare" });
  await expect(draw).toBeDisabled();
  // This computer drew it; of the cluster it is known that it reads the prompt alone.
  await expect(dialog.getByRole("switch")).toHaveCount(2);
  await expect(dialog.getByText(/ignores: seed, size, steps, guidance/)).toBeVisible();
  await expectNoViolations(page);
  await tick(page, /Colleague/);
  await tick(page, /Cluster/);
  await draw.click();

  const differences = page.getByRole("complementary", { name: "Differences" });
  await expect(
    differences.getByRole("row", { name: "Run on this computer Colleague" }),
  ).toBeVisible();
  // The same model, seed and settings on the same kind of device.
  await expect(differences.getByText("None: every pixel is the same")).toBeVisible();
  await expect(page.getByRole("slider", { name: "Divider" })).toBeVisible();
  await page.getByRole("radio", { name: "Cluster" }).click();
  await expect(
    differences.getByRole("row", { name: "Run on this computer Cluster" }),
  ).toBeVisible();
  await expect(differences.getByText("Not compared: the sizes differ")).toBeVisible();
  await page.getByRole("button", { name: "Swap sides" }).click();
  await expect(
    differences.getByRole("row", { name: "Run on Cluster this computer" }),
  ).toBeVisible();
  await page.reload();
  await expect(
    differences.getByRole("row", { name: "Run on Cluster this computer" }),
  ).toBeVisible();
  // A picture of an endpoint can be drawn here.
  await openGallery(page);
  await tileOf(page, PROMPT).first().click({ button: "right" });
  await page.getByRole("menuitem", { name: "Run on another computer and compare…" }).click();
  await expect(dialog.getByRole("switch", { name: "This computer" })).toBeVisible();
});

test("a target that does not draw it says why, with the next click, and cancelling says what it cannot stop", async ({
  studio: { page },
}) => {
  let answer = EDGE.routeTimeout;
  await using slow = await openStandIn((response, request, count) => {
    if (request.path.endsWith("/infer")) answer(response, request, count);
    else always(404, "{}")(response, request, count);
  });
  await drawPicture(page, PROMPT);
  await openGallery(page);
  await tileOf(page, PROMPT).click();
  const button = page.getByRole("button", { name: "Run on another computer and compare…" });
  await button.click();
  await expect(page.getByText("There is no other target yet.")).toBeVisible();
  await page.keyboard.press("Escape");

  await addUntested(page, { url: slow.url, name: "Slow route", model: "stable-diffusion" });
  await page.reload();
  await tileOf(page, PROMPT).click();
  await button.click();
  await tick(page, /Slow route/);
  await page.getByRole("button", { name: "Draw and compare" }).click();
  const comparison = page.getByRole("region", { name: "Comparison" });
  await expect(comparison.getByText("Slow route did not draw the picture")).toBeVisible();
  await expect(comparison.getByText("ENDPOINT_TIMED_OUT")).toBeVisible();

  // It is asked, and never answers.
  const asked = Promise.withResolvers<void>();
  answer = () => asked.resolve();
  await comparison.getByRole("button", { name: "Try again" }).click();
  await expect(comparison.getByText("Drawing on Slow route")).toBeVisible();
  await asked.promise;
  await comparison.getByRole("button", { name: "Cancel" }).click();
  await expect(comparison.getByText("Cancelled on Slow route")).toBeVisible();
  await expect(comparison.getByText(/may still be working/)).toBeVisible();
  await expect(comparison.getByRole("button", { name: "Draw it again" })).toBeVisible();
});
