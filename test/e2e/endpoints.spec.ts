import type { Page } from "@playwright/test";
import { certificate } from "../fakes/certificates.ts";
import { tokenUntil } from "../fakes/expiring-token.ts";
import { knativeEdge, routerEdge } from "../fakes/cold-edge.ts";
import { EDGE, notebookService } from "../fakes/notebook-service.ts";
import { type Answer, openStandIn } from "../fakes/stand-in-endpoint.ts";
import { act } from "./endpoint-card.ts";
import { addUntested } from "./remote-studio.ts";
import { expect, test, TOKEN } from "./studio-test.ts";

/** The notebook's service, which requires a token. */
function guardedEdge(token: string): Answer {
  const edge = notebookService();
  return (response, request, count) => {
    const isKnown = request.headers["authorization"] === `Bearer ${token}`;
    return (isKnown ? edge : EDGE.unauthorized)(response, request, count);
  };
}

/** Drops a file, as a user does, on the element with the selector. */
async function drop(page: Page, selector: string, name: string, text: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ([fileName, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content ?? ""], fileName ?? ""));
      return transfer;
    },
    [name, text],
  );
  for (const type of ["dragenter", "dragover", "drop"])
    await page.dispatchEvent(selector, type, { dataTransfer });
}

async function open(page: Page, path: string): Promise<void> {
  await page.goto(new URL(path, page.url()).href);
}

test("adds an endpoint by its token.cfg, trusts its certificate and draws through it", async ({
  studio,
}) => {
  const { page } = studio;
  await using edge = await openStandIn(guardedEdge(TOKEN), await certificate());
  await open(page, "/endpoints");
  await expect(page.getByText("add a KServe endpoint by its address")).toBeVisible();
  // Line breaks are not part of a token; the KServe example's notebook strips them, too.
  await drop(page, "main h1", "token.cfg", `${TOKEN}\n`);

  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("From token.cfg, sent when you save")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Address" }).fill(edge.url);
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("The notebook's service");
  await dialog.getByRole("button", { name: "Add and test" }).click();
  await expect(dialog.getByText("ENDPOINT_CERTIFICATE")).toBeVisible();
  expect(edge.received()).not.toContain(TOKEN);

  await dialog.getByRole("button", { name: "Look at its certificate" }).click();
  await dialog.getByRole("button", { name: "Trust this for this endpoint" }).click();
  await dialog.getByRole("button", { name: "Save and test" }).click();
  await expect(dialog.getByText("The notebook's service is ready")).toBeVisible();
  await dialog.getByRole("button", { name: "Draw one picture" }).click();
  await expect(dialog.getByRole("img", { name: /^a red house/ })).toBeVisible();
  await dialog.getByRole("button", { name: "Draw here" }).click();

  await expect(page.getByRole("button", { name: /Run on$/ })).toContainText(
    "The notebook's service",
  );
  await expect(page.getByText("Not sent to this endpoint: the seed.").first()).toBeVisible();
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("Photo of a dog");
  await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
  await page.keyboard.press("Control+Enter");
  const picture = page.getByRole("main").getByRole("img", { name: /^Photo of a dog/ });
  await expect(picture.first()).toBeVisible();
  const asked = edge.seen.findLast(({ path }) => path.endsWith("/infer"));
  expect(JSON.parse(asked?.body ?? "{}")).toMatchObject({
    inputs: [{ name: "input0", datatype: "BYTES", data: ["Photo of a dog"] }],
  });

  await open(page, "/gallery");
  await page.getByRole("img", { name: /^Photo of a dog/ }).click();
  const details = page.getByRole("complementary", { name: "Details" });
  await expect(details.getByText("The notebook's service")).toBeVisible();
  await expect(details.getByText("not reported by the endpoint").first()).toBeVisible();
  expect(await page.content()).not.toContain(TOKEN);
});

test("a test's picture that fails says why in the dialog, with what to do", async ({ studio }) => {
  const { page } = studio;
  const edge = notebookService();
  await using standIn = await openStandIn((response, request, count) =>
    (request.path.endsWith("/infer") ? EDGE.handlerFailed : edge)(response, request, count),
  );
  await open(page, "/endpoints?add");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Address" }).fill(standIn.url);
  await dialog.getByRole("button", { name: "Add and test" }).click();
  const draw = dialog.getByRole("button", { name: "Draw one picture" });
  await draw.focus();
  await page.keyboard.press("Enter");
  await expect(dialog.getByText(/handler failed \(Prediction failed\)/)).toBeVisible();
  await expect(draw).toBeFocused();
});

test("a refused token is named with its next step, and a new one helps", async ({ studio }) => {
  const { page } = studio;
  await using edge = await openStandIn(guardedEdge(TOKEN));
  await open(page, "/endpoints?add");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Address" }).fill(edge.url);
  await dialog.getByRole("textbox", { name: "Bearer token" }).fill("a-token-of-yesterday");
  await dialog.getByRole("button", { name: "Add and test" }).click();
  await expect(dialog.getByText("The endpoint denied access")).toBeVisible();
  await dialog.getByRole("button", { name: "Done" }).click();

  const card = page.getByRole("article");
  await expect(card.getByText("Unavailable")).toBeVisible();
  await act(card, "Draw here");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a cat");
  await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
  await page.keyboard.press("Control+Enter");
  const stage = page.getByRole("region", { name: "Picture", exact: true });
  await expect(stage.getByText("ENDPOINT_TOKEN_REFUSED")).toBeVisible();

  await stage.getByRole("button", { name: "Enter a token" }).click();
  const token = dialog.getByRole("textbox", { name: "Bearer token" });
  await expect(token).toBeFocused();
  await token.fill(TOKEN);
  await dialog.getByRole("button", { name: "Save and test" }).click();
  await expect(dialog.getByText("is ready")).toBeVisible();
  await dialog.getByRole("button", { name: "Draw here" }).click();
  await stage.getByRole("button", { name: "Try again" }).click();
  await expect(
    page
      .getByRole("main")
      .getByRole("img", { name: /^a cat/ })
      .first(),
  ).toBeVisible();
});

test("says what a pasted curl line is before it is saved, and adds what it says", async ({
  studio,
}) => {
  const { page } = studio;
  await using edge = await openStandIn(guardedEdge(TOKEN));
  await open(page, "/endpoints?add");
  const dialog = page.getByRole("dialog");
  const body = JSON.stringify({ id: "42", inputs: [] });
  const address = `${edge.url}/v2/models/stable-diffusion/infer`;
  await dialog
    .getByRole("textbox", { name: "Paste what you have" })
    .fill(`curl ${address} -H 'Authorization: Bearer ${TOKEN}' -d '${body}'`);
  await dialog.getByRole("button", { name: "Fill in", exact: true }).click();
  await expect(
    dialog.getByText(/Found a curl command for .* Its token is filled in/),
  ).toBeVisible();
  await expect(dialog.getByRole("textbox", { name: "Address" })).toHaveValue(address);
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("The edge");
  await dialog.getByRole("button", { name: "Add and test" }).click();
  await expect(dialog.getByText("The edge is ready")).toBeVisible();
});

/** Adds an endpoint by its address, selects it and opens Generate. */
async function drawAt(page: Page, url: string, name: string): Promise<void> {
  await open(page, "/endpoints?add");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Address" }).fill(url);
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await dialog.getByRole("button", { name: "Add and test" }).click();
  await dialog.getByRole("button", { name: "Draw here" }).click();
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("Photo of a dog");
  await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
}

test("a service that is scaled to zero is waited for on the tile and the card, over a restart, and announced when it has drawn", async ({
  studio,
}) => {
  const { page } = studio;
  const edge = routerEdge();
  await using standIn = await openStandIn(edge.answer);
  const pictures = () => standIn.seen.filter(({ path }) => path.endsWith("/infer")).length;
  edge.start();
  await drawAt(page, standIn.url, "Night shift");
  edge.stop();
  await page.keyboard.press("Control+Enter");
  const stage = page.getByRole("region", { name: "Picture", exact: true });
  await expect(stage.getByText("Night shift is starting")).toBeVisible();
  await expect(stage.getByText("The router has no pod yet")).toBeVisible();
  edge.load();
  await expect(stage.getByText("its model is loading")).toBeVisible();
  await page.getByRole("link", { name: "Endpoints" }).click();
  const card = page.getByRole("article", { name: "Night shift" });
  await expect(card.getByRole("region", { name: "Starting" })).toContainText("so far");

  await studio.restart("SIGKILL");
  await page.getByRole("link", { name: "Generate" }).click();
  await expect(stage.getByText("Interrupted when Darkroom closed")).toBeVisible();
  expect(pictures()).toBe(0);
  await stage.getByRole("button", { name: "Resume with the same seed" }).click();
  await expect(stage.getByText("Night shift is starting")).toBeVisible();
  await expect(stage.getByText(/0:(0[3-9]|[1-5]\d) so far/)).toBeVisible();
  edge.start();
  await expect(page.getByText(/Night shift started in .*its first picture is ready/)).toBeVisible();
  expect(pictures()).toBe(1);
  await page.getByRole("link", { name: "Endpoints" }).click();
  await expect(card.getByText("Last starts")).toBeVisible();
});

test("a cancel says that the server may continue only if it had the request", async ({
  studio,
}) => {
  const { page } = studio;
  const edge = knativeEdge();
  await using standIn = await openStandIn((response, request, count) =>
    request.path.endsWith("/infer") ? undefined : edge.answer(response, request, count),
  );
  edge.start();
  await drawAt(page, standIn.url, "Day shift");
  edge.stop();
  const stage = page.getByRole("region", { name: "Picture", exact: true });
  await page.keyboard.press("Control+Enter");
  await expect(stage.getByText("its pod may be starting")).toBeVisible();
  await stage.getByRole("button", { name: "Stop waiting" }).click();
  await expect(stage.getByText("Cancelled", { exact: true })).toBeVisible();
  await expect(stage.getByText("may still be working")).toBeHidden();
  edge.start();
  await stage.getByRole("button", { name: "Queue again" }).click();
  await expect.poll(() => standIn.seen.some(({ method }) => method === "POST")).toBe(true);
  await page.keyboard.press("q");
  await page.getByRole("button", { name: "Cancel Photo of a dog" }).click();
  await expect(page.getByText("the server may still be working").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(stage.getByText("its server may still be working on it")).toBeVisible();
});

test("an endpoint's requests are shown by day, week and month", async ({ studio }) => {
  const { page } = studio;
  await using standIn = await openStandIn(notebookService());
  await drawAt(page, standIn.url, "Watched");
  await page.keyboard.press("Control+Enter");
  const picture = page.getByRole("main").getByRole("img", { name: /^Photo of a dog/ });
  await expect(picture.first()).toBeVisible();
  await page.getByRole("link", { name: "Endpoints" }).click();
  await act(page.getByRole("article"), "History");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("img", { name: "Pictures over time" })).toBeVisible();
  await expect(dialog.getByText("1 done, 0 failed", { exact: true })).toBeVisible();
  await dialog.getByRole("radio", { name: "Month" }).click();
  await expect(dialog.getByText("1 done, 0 failed", { exact: true })).toBeVisible();
});

test("a token that expires within a day is told on every page, with the way to its place, until it is replaced", async ({
  studio,
}) => {
  const { page } = studio;
  const hours = (count: number) => new Date(Date.now() + count * 3_600_000);
  await using edge = await openStandIn(notebookService());
  await addUntested(page, { name: "Cluster", url: edge.url, token: tokenUntil(hours(5)) });
  await page.goto(new URL("/gallery", page.url()).href);
  const notice = page.getByRole("status", { name: "Needs your attention" });
  await expect(notice).toContainText("The token of the endpoint Cluster expires at");
  await notice.getByRole("link", { name: "Enter a new token" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit Cluster" });
  await expect(dialog.getByLabel("Bearer token")).toBeFocused();
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Hide this until something else is found" }).click();
  await studio.restart();
  await page.reload();
  await expect(page.getByRole("article", { name: "Cluster" })).toBeVisible();
  await expect(notice).toHaveCount(0);

  const enter = async (token: string) => {
    await act(page.getByRole("article", { name: "Cluster" }), "Edit");
    await dialog.getByLabel("Bearer token").fill(token);
    await dialog.getByRole("button", { name: "Save and test" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
  };
  await enter(tokenUntil(hours(-1)));
  await expect(notice).toContainText("The token of the endpoint Cluster expired at");
  await enter(tokenUntil(hours(500)));
  await expect(notice).toHaveCount(0);
});

test("many endpoints are searched; a card's button tests it, and its menu is the one of a right click", async ({
  studio,
}) => {
  const { page } = studio;
  await using edge = await openStandIn(notebookService());
  const places = ["Oslo", "Bergen", "Lyon", "Turin", "Porto", "Ghent", "Graz"];
  for (const name of places) await addUntested(page, { name, url: edge.url });
  await open(page, "/endpoints");
  const cards = page.getByRole("article");
  await expect(cards).toHaveCount(places.length);
  const search = page.getByRole("searchbox", { name: "Search endpoints" });
  await expect(search).toHaveCount(0);
  await addUntested(page, { name: "Web UI", url: "http://127.0.0.1:7860", kind: "a1111" });
  await expect(search).toBeVisible();

  await page.keyboard.press("/");
  await page.keyboard.type("7860 automatic");
  await expect(cards).toHaveCount(1);
  await expect(page.getByText("1 of 8")).toBeVisible();
  await search.fill("nowhere");
  await expect(page.getByText("No endpoint matches “nowhere”.")).toBeVisible();
  await page.getByRole("button", { name: "Show all endpoints" }).click();
  await expect(cards).toHaveCount(places.length + 1);

  const oslo = page.getByRole("article", { name: "Oslo" });
  await oslo.getByRole("button", { name: "Test", exact: true }).click();
  await expect(oslo.getByText("Ready", { exact: true })).toBeVisible();
  const items = page.getByRole("menu").getByRole("menuitem");
  const more = oslo.getByRole("button", { name: "More actions for Oslo" });
  await more.focus();
  await page.keyboard.press("Enter");
  await expect(items.first()).toBeVisible();
  const ofButton = await items.allTextContents();
  await page.keyboard.press("Escape");
  await expect(more).toBeFocused();
  await oslo.click({ button: "right" });
  await expect(items.first()).toBeVisible();
  expect(await items.allTextContents()).toEqual(ofButton);
  expect(ofButton).toEqual([
    "Draw here",
    "Test",
    "Find the problem",
    "Try which settings it uses",
    "History",
    "Edit",
    "Share",
    "Remove",
  ]);
});
