import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { darkroom } from "../fakes/command-line.ts";
import { notebookService } from "../fakes/notebook-service.ts";
import { openStandIn } from "../fakes/stand-in-endpoint.ts";
import { dropFile } from "./drop-settings.ts";
import { addEndpoint, call } from "./remote-studio.ts";
import { expect, test, TOKEN } from "./studio-test.ts";

const SIDE = 64;
/** Has the requested size, because the record of a picture contains its size. */
const PIXELS = Array.from({ length: SIDE }, () =>
  Array.from({ length: SIDE }, () => [200, 20, 20]),
);
const PROMPT = "a red house in the snow";

test("a picture's recorded request is replayed on another target, from the page and from the command line", async ({
  studio,
}) => {
  const { page, dataFolder } = studio;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await using first = await openStandIn(notebookService(PIXELS));
  await using second = await openStandIn(notebookService(PIXELS));
  const asked = ({ seen }: typeof first) =>
    seen.flatMap(({ method, body }) => (method === "POST" ? [JSON.parse(body).inputs] : []));
  const whole = { profile: "full", token: TOKEN };
  await addEndpoint(page, { url: first.url, name: "Day shift", ...whole });
  const id = await addEndpoint(page, { url: second.url, name: "Night shift", ...whole });
  await page.reload();
  const choose = async (name: string) => {
    await page.getByRole("button", { name: /Run on$/ }).click();
    await page.getByRole("option", { name: new RegExp(`^${name}`) }).click();
  };
  const session = page.getByRole("listbox", { name: "This session" });
  const done = session.getByRole("option", { name: PROMPT, exact: true });
  const generate = page.getByRole("button", { name: "Generate", exact: true });
  await choose("Day shift");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(PROMPT);
  await page.getByRole("spinbutton", { name: "Steps" }).fill("12");
  for (const side of ["Width", "Height"])
    await page.getByRole("spinbutton", { name: side }).fill(String(SIDE));
  await page.getByRole("textbox", { name: "Seed" }).fill("77");
  await generate.click();
  await expect(done).toHaveCount(1);

  await page.getByRole("button", { name: "Copy the request as v2 JSON" }).click();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toContain(PROMPT);
  const recorded = await copied();
  expect(recorded).not.toContain(TOKEN);
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a blue boat");
  await page.getByRole("textbox", { name: "Seed" }).fill("");
  await page.getByRole("spinbutton", { name: "Steps" }).fill("3");
  await choose("Night shift");
  await dropFile(page, { name: "request.json", type: "application/json", bytes: recorded });
  await expect(page.getByText("Settings of the request in request.json applied")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Prompt", exact: true })).toHaveValue(PROMPT);
  await generate.click();
  await expect(done).toHaveCount(2);
  expect(asked(second)).toEqual(asked(first));

  const file = join(dataFolder, "request.json");
  writeFileSync(file, recorded);
  const out = join(dataFolder, "replayed.png");
  const args = ["replay", file, "--on", "Night shift", "--out", out, "--data-dir", dataFolder];
  const replayed = await darkroom(args);
  expect([replayed.code, replayed.out]).toEqual([0, `${out}\n`]);
  expect(asked(second)).toEqual([...asked(first), ...asked(first)]);
  await expect(done).toHaveCount(3);

  const isLocal = page.getByText("These ask this computer's server.");
  await expect(isLocal).toHaveCount(0);
  await call(page, "endpoints/change", { id, kind: "openai" });
  await expect(isLocal).toBeVisible();
});
