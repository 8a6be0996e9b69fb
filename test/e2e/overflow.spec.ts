import { notebookService } from "../fakes/notebook-service.ts";
import { openStandIn } from "../fakes/stand-in-endpoint.ts";
import { addEndpoint } from "./remote-studio.ts";
import { expect, test } from "./studio-test.ts";

const SHORTAGE = new URL("../fakes/memory-shortage.ts", import.meta.url).href;
const PROMPT = "a red house in the snow";

test("what this machine has no memory for, or would wait long, is offered to another target and drawn there", async ({
  openStudio,
}) => {
  const { page } = await openStudio({ NODE_OPTIONS: `--import=${SHORTAGE}` });
  await using edge = await openStandIn(notebookService());
  const asked = () => edge.seen.filter(({ method }) => method === "POST").length;
  await addEndpoint(page, { url: edge.url, name: "Colleague" });
  await page.reload();
  const stage = page.getByRole("region", { name: "Picture", exact: true });
  const session = page.getByRole("listbox", { name: "This session" });
  const generate = page.getByRole("button", { name: "Generate", exact: true });
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(PROMPT);
  for (const side of ["Width", "Height"])
    await page.getByRole("spinbutton", { name: side }).fill("512");
  await page.getByRole("spinbutton", { name: "Steps" }).fill("1");
  await generate.click();
  await expect(stage.getByText("Not enough memory")).toBeVisible();
  await stage.getByRole("button", { name: "Run on Colleague instead" }).click();
  await expect(session.getByRole("option", { name: PROMPT, exact: true })).toBeVisible();
  expect(asked()).toBe(1);

  // The endpoint's time is known now, and this machine is busy for a long time.
  for (const side of ["Width", "Height"])
    await page.getByRole("spinbutton", { name: side }).fill("128");
  await page.getByRole("spinbutton", { name: "Steps" }).fill("1000");
  await generate.click();
  await expect(page.getByText(/step \d+ of 1000/i).first()).toBeVisible();
  await expect(page.getByText(/^This computer is busy for about/)).toContainText(
    "Colleague would be done in",
  );
  await page.getByRole("button", { name: "Run on Colleague" }).click();
  await expect(page.getByText(/^This computer is busy for about/)).toBeHidden();
  await generate.click();
  await expect(session.getByRole("option", { name: PROMPT, exact: true })).toHaveCount(2);
  expect(asked()).toBe(2);
  await expect(page.getByText(/step \d+ of 1000/i).first()).toBeAttached();
});
