import { beforeEach, expect, test } from "vitest";
import { chooseFrom } from "../../electron/context-menu.ts";
import { applicationMenu } from "../../electron/menu.ts";
import { answers, callsOf, Menu, resetElectron, type FakeMenuItem } from "../fakes/electron.ts";

beforeEach(resetElectron);

function entriesOf(items: readonly FakeMenuItem[]): FakeMenuItem[] {
  return items.flatMap((item) => [item, ...entriesOf(item.submenu ?? [])]);
}

test("commands that the menu cannot run itself are sent to the page", () => {
  const sent: string[] = [];
  const menu = applicationMenu((id) => sent.push(id), "linux") as unknown as Menu;
  for (const entry of entriesOf(menu.items)) entry.click?.();
  expect(sent).toEqual(COMMANDS);
  expect(callsOf("openExternal")).toEqual([["https://huggingface.co/sd2-community"]]);
});

const COMMANDS = [
  "frame.generate",
  "frame.settings",
  "frame.gallery",
  "frame.models",
  "frame.queue",
  "frame.palette",
  "frame.sheet",
];

test.each(["linux", "win32", "darwin"])("on %s settings and quit are each in one place", (os) => {
  const entries = entriesOf((applicationMenu(() => {}, os) as unknown as Menu).items);
  const labels = entries.map(({ label, role }) => label ?? role);
  expect(labels.filter((label) => label === "Settings…")).toHaveLength(1);
  expect(labels.filter((label) => label === "quit")).toHaveLength(1);
  expect(entries.filter(({ role }) => role === "appMenu")).toHaveLength(os === "darwin" ? 1 : 0);
});

test("developer tools are in the menu of a checkout, not of a packaged app", () => {
  const hasTools = () =>
    entriesOf((applicationMenu(() => {}) as unknown as Menu).items).some(
      ({ role }) => role === "toggleDevTools",
    );
  expect(hasTools()).toBe(true);
  answers.isPackaged = true;
  expect(hasTools()).toBe(false);
});

test("a context menu shows the page's entries, and returns the chosen one", async () => {
  let shown: readonly FakeMenuItem[] = [];
  Menu.onPopup = (items) => {
    shown = items;
    items[3]?.click?.();
  };
  const chosen = await chooseFrom([
    { id: "image.copy", label: "Copy", keys: "mod+c" },
    { id: "image.star", label: "Star & keep", keys: ".", isDisabled: true },
    {},
    { id: "image.trash", label: "Move to trash", keys: "delete, backspace" },
    { id: "image.odd", label: "Odd", keys: "mod+ü" },
  ]);
  expect(chosen).toBe("image.trash");
  expect(JSON.parse(JSON.stringify(shown))).toEqual([
    { label: "Copy", enabled: true, accelerator: "CmdOrCtrl+C", registerAccelerator: false },
    { label: "Star && keep", enabled: false, accelerator: ".", registerAccelerator: false },
    { type: "separator" },
    { label: "Move to trash", enabled: true, accelerator: "Delete", registerAccelerator: false },
    { label: "Odd", enabled: true },
  ]);
});

test("a context menu that is closed returns nothing", async () => {
  Menu.onPopup = () => {};
  expect(await chooseFrom([{ id: "image.copy", label: "Copy" }])).toBeUndefined();
});
