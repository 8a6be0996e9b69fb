import { choosyEdge, inputsOf } from "../fakes/choosy-endpoint.ts";
import { openStandIn } from "../fakes/stand-in-endpoint.ts";
import { act } from "./endpoint-card.ts";
import { expect, test } from "./studio-test.ts";

test("an endpoint's card finds out which settings it uses, and Generate says what it ignores", async ({
  studio,
}) => {
  const { page } = studio;
  await using edge = await openStandIn(choosyEdge({ uses: ["seed"], refuses: ["scheduler"] }));
  await page.goto(new URL("/endpoints?add", page.url()).href);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Address" }).fill(edge.url);
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("Choosy");
  await dialog.getByText("Prompt only", { exact: true }).click();
  await dialog.getByRole("button", { name: "Add and test" }).click();
  await dialog.getByRole("button", { name: "Done" }).click();

  // The doctor also leads there.
  const card = page.getByRole("article", { name: "Choosy" });
  await act(card, "Find the problem");
  await expect(dialog.getByText("Nothing is wrong")).toBeVisible();
  await dialog.getByRole("button", { name: "Try which settings it uses" }).click();
  await expect(dialog.getByText("Draws 2 small pictures with one seed.")).toBeVisible();
  expect(edge.seen.filter(({ path }) => path.endsWith("/infer"))).toEqual([]);
  await dialog.getByRole("button", { name: "Draw and check" }).click();
  await expect(dialog.getByText(/^6 pictures in /)).toBeVisible();
  const verdicts = dialog.getByLabel("Settings", { exact: true });
  await expect(verdicts.locator("div").filter({ hasText: "Seed" })).toContainText("Used");
  await expect(verdicts.locator("div").filter({ hasText: "Size" })).toContainText("Ignored");
  await expect(verdicts.locator("div").filter({ hasText: "Sampler" })).toContainText("Refused");
  // It was added with the prompt only, and a trial does not change that.
  await dialog.getByRole("button", { name: "Send what it uses" }).click();
  await expect(dialog.getByText("Only the prompt is sent to it now.")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(card.getByText(/^Uses seed; ignores size, steps, guidance/)).toBeVisible();

  await act(card, "Draw here");
  await expect(page.getByText("This endpoint ignores the size.")).toBeVisible();
  await expect(page.getByText("This endpoint ignores the seed.")).toHaveCount(0);
  await page.getByRole("textbox", { name: "Seed" }).fill("7");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("Photo of a dog");
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  await expect(
    page
      .getByRole("main")
      .getByRole("img", { name: /^Photo of a dog/ })
      .first(),
  ).toBeVisible();
  const sent = inputsOf(edge.seen.findLast(({ path }) => path.endsWith("/infer"))?.body ?? "");
  expect(Object.fromEntries(sent)).toEqual({ prompt: "Photo of a dog", seed: 7 });
});
