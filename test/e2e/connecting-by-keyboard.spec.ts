import type { Page } from "@playwright/test";
import { S3Server } from "../fakes/s3/s3-server.ts";
import { notebookService } from "../fakes/notebook-service.ts";
import { openStandIn } from "../fakes/stand-in-endpoint.ts";
import { choose, expectSeen, openTab, press, tabInto, tabTo } from "./key-walk.ts";
import { connect } from "./publishing.ts";
import { expect, test } from "./studio-test.ts";

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** The open dialog or question. */
function opened(page: Page) {
  const dialog = page.getByRole("dialog").or(page.getByRole("alertdialog"));
  return {
    dialog,
    button: (name: string) => dialog.getByRole("button", { name, exact: true }),
    type: async (field: string, text: string) => {
      await tabTo(page, dialog.getByRole("textbox", { name: field, exact: true }));
      await page.keyboard.type(text);
    },
  };
}

test("every task of Endpoints is done with keys alone, and the focus is never lost", async ({
  studio: { page },
}) => {
  await using edge = await openStandIn(notebookService());
  const { dialog, button: inDialog, type } = opened(page);
  await page.keyboard.press("6");
  await press(page, button(page, "Add an endpoint"));
  await type("Address", edge.url);
  await type("Name", "Oslo");
  await press(page, inDialog("Add and test"));
  await expect(dialog.getByText("Oslo is ready")).toBeVisible();
  await press(page, inDialog("Draw one picture"));
  await expect(dialog.getByRole("img", { name: /^a red house/ })).toBeVisible();
  await expect(inDialog("Draw one picture")).toBeFocused();
  await press(page, inDialog("Done"));
  const card = page.getByRole("article", { name: "Oslo" });
  await expect(card).toBeVisible();
  await expectSeen(page);

  const test = card.getByRole("button", { name: "Test", exact: true });
  await press(page, test);
  await expect(card.getByText("Ready", { exact: true })).toBeVisible();
  await expect(test).toBeFocused();
  const more = card.getByRole("button", { name: "More actions for Oslo" });
  for (const [action, title] of [
    ["Find the problem", "Checks of Oslo"],
    ["Try which settings it uses", "Which settings Oslo uses"],
    ["History", /Oslo/],
    ["Edit", "Edit Oslo"],
  ] as const) {
    await choose(page, more, action);
    const about = page.getByRole("dialog", { name: title });
    await expect(about).toBeVisible();
    await expectSeen(page);
    await page.keyboard.press("Escape");
    // While it fades out, nothing else takes the focus.
    await expect(about).toHaveCount(0);
    await expect(more).toBeFocused();
  }
  await choose(page, more, "Remove");
  await press(page, inDialog("Remove the endpoint"));
  await expect(card).toBeHidden();
  await expectSeen(page);
});

test("every task of Server is done with keys alone, and the focus is never lost", async ({
  studio: { page },
}) => {
  const { button: inDialog, type } = opened(page);
  await page.keyboard.press("7");
  await openTab(page, "Settings");
  await tabTo(page, page.getByRole("textbox", { name: "Port", exact: true }));
  await page.keyboard.press("Control+a");
  await page.keyboard.type("0");
  await page.keyboard.press("Enter");
  const openai = page.getByRole("switch", { name: "Offer the OpenAI images API" });
  await tabTo(page, openai);
  await page.keyboard.press("Space");
  await expect(openai).toBeChecked();
  await tabTo(page, button(page, "Start"), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(button(page, "Stop")).toBeFocused();
  const origin = await page.getByText(/^http:\/\/127\.0\.0\.1:\d+$/).innerText();

  await openTab(page, "Keys");
  await press(page, button(page, "Create a key"));
  await type("Name", "A shell");
  await press(page, inDialog("Create key"));
  await press(page, inDialog("Done"));
  await expect(button(page, "Create a key")).toBeFocused();
  await press(page, button(page, "Remove the key A shell"));
  await press(page, inDialog("Remove the key"));
  await expect(page.getByText(/^There are no keys/)).toBeVisible();
  await expect(button(page, "Create a key")).toBeFocused();

  await fetch(`${origin}/v2/models/nobody/ready`);
  await openTab(page, "Requests");
  await tabInto(page, page.getByRole("grid", { name: "Requests" }));
  await page.keyboard.press("Enter");
  const request = page.getByRole("complementary", { name: "Request" });
  await expect(request).toBeVisible();
  await press(page, request.getByRole("button", { name: "Close the request" }));
  await expect(request).toBeHidden();
  await expectSeen(page);
  await press(page, button(page, "Stop"));
  await expect(button(page, "Start")).toBeFocused();
});

test("every task of Buckets is done with keys alone, publishing too, and the focus is never lost", async ({
  studio: { page },
}) => {
  await using s3 = await S3Server.start();
  s3.bucket("models");
  const { dialog, button: inDialog, type } = opened(page);
  await page.keyboard.press("4");
  await press(page, button(page, "Add a connection"));
  await type("Connection name", "lab");
  await type("Access key", s3.accessKey);
  await type("Secret key", s3.secretKey);
  await type("Endpoint", s3.origin);
  await type("Bucket", "models");
  await press(page, inDialog("Save and test"));
  await expect(dialog).toBeHidden();
  await expectSeen(page);

  await press(page, button(page, "Publish a model"));
  await expectSeen(page);
  await press(page, inDialog("Publish to bucket"));
  await expect(dialog.getByText(/is in the bucket and was verified/)).toBeVisible();
  await press(page, inDialog("Show it in the bucket"));
  await expect(dialog).toBeHidden();
  const grid = page.getByRole("grid");
  const folder = grid.getByRole("row", { name: /config/ });
  await press(page, folder);
  const file = grid.getByRole("row", { name: /config\.properties/ });
  await expect(file).toBeVisible();
  await tabTo(page, file);
  await page.keyboard.press("Delete");
  await press(page, inDialog("Delete"));
  await expect(file).toBeHidden();
  await expectSeen(page);
});

test("every task of Deploy is done with keys alone, and the focus is never lost", async ({
  studio: { page },
}) => {
  await using s3 = await S3Server.start();
  s3.bucket("models");
  await connect(page, s3);
  const { button: inDialog } = opened(page);
  await page.keyboard.press("5");
  const field = async (name: string, text: string) => {
    await tabTo(page, page.getByRole("textbox", { name, exact: true }));
    await page.keyboard.press("Control+a");
    await page.keyboard.type(text);
  };
  await field("Model deployment name", "kt2");
  await field("Path", "stable-diffusion/");
  await openTab(page, "4-inference-service.yaml");
  await expectSeen(page);
  await press(page, button(page, "Save files…"));
  await press(page, inDialog("Save files"));
  await expect(page.getByText(/^Saved in /)).toBeVisible();
  await expect(button(page, "Save files…")).toBeFocused();
  await press(page, button(page, "Add a cluster"));
  await expectSeen(page);
  await page.keyboard.press("Escape");
  await expect(button(page, "Add a cluster")).toBeFocused();
});
