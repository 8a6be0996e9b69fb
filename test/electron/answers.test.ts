import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { desktopAnswers } from "../../electron/answers.ts";
import type { Call } from "../../electron/channels.ts";
import { StudioWindow } from "../../electron/window.ts";
import {
  answers,
  BrowserWindow,
  callsOf,
  type ClipboardItem,
  Notification,
  resetElectron,
} from "../fakes/electron.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

beforeEach(resetElectron);

/** The answers over a window, and a host with one picture. */
function trial() {
  const folder = temporaryFolder();
  const picture = join(folder, "lamp.png");
  writeFileSync(picture, "png bytes");
  const window = new StudioWindow({
    preload: "/p",
    icon: "/i",
    staysWhenClosed: () => false,
    isQuitting: () => false,
    onClose: () => {},
  });
  window.load("http://127.0.0.1:7860");
  const answers = desktopAnswers(
    {
      ask: async (question) => {
        if (question.kind === "path-of-folder") return `/data/${question.folder}`;
        if (question.imageId === "7") return picture;
        throw new Error(`There is no picture called ${question.imageId}.`);
      },
    },
    window,
  );
  const ask = async (call: Call, ...args: unknown[]) => (await answers[call](args))?.value;
  return { ask, answers, picture, shown: BrowserWindow.all[0]! };
}

test("a picture is shown, copied and dragged by its id", async () => {
  const { ask, picture } = trial();
  await ask("revealImage", "7");
  await ask("startDrag", "7");
  await ask("copyImage", "7");
  expect(callsOf("showItemInFolder")).toEqual([[picture]]);
  expect(callsOf("startDrag")).toEqual([[{ file: picture, icon: { path: picture, width: 128 } }]]);
  const [[[item]]] = callsOf("clipboard.write") as [[[ClipboardItem]]];
  expect(Object.keys(item.items)).toEqual(["image/png"]);
  expect(await item.items["image/png"]?.text()).toBe("png bytes");
});

test("a missing picture is refused with the host's message, and nothing is opened", async () => {
  const { ask } = trial();
  for (const call of ["revealImage", "copyImage", "startDrag"] as const) {
    await expect(ask(call, "8")).rejects.toThrow("There is no picture called 8.");
  }
  expect([callsOf("showItemInFolder"), callsOf("startDrag")]).toEqual([[], []]);
});

test("folders open by their name, and a failure is reported", async () => {
  const { ask } = trial();
  await ask("revealFolder", "models");
  expect(callsOf("openPath")).toEqual([["/data/models"]]);
  answers.openPathFailure = "Failed to open path";
  await expect(ask("revealFolder", "data")).rejects.toThrow("Failed to open path");
});

test("a dialog returns the choice, or nothing", async () => {
  const { ask } = trial();
  expect(await ask("chooseFolder")).toBeUndefined();
  answers.chosenPaths = ["/home/me/sd2"];
  expect([await ask("chooseFolder"), await ask("choosePicture")]).toEqual([
    "/home/me/sd2",
    "/home/me/sd2",
  ]);
  expect(callsOf("showOpenDialog").map(([options]) => options)).toMatchObject([
    { properties: ["openDirectory"] },
    { properties: ["openDirectory"] },
    { properties: ["openFile"], filters: [{ extensions: ["png", "jpg", "jpeg", "webp"] }] },
  ]);
});

test("a click on a notification brings the window to the front", async () => {
  const { ask } = trial();
  await ask("notify", "Done", "a lamp");
  expect(callsOf("notification")).toEqual([[{ title: "Done", body: "a lamp", silent: true }]]);
  Notification.all[0]?.emit("click");
  expect(callsOf("focus")).toEqual([[]]);
  answers.isNotificationSupported = false;
  await ask("notify", "Done", "a lamp");
  expect(callsOf("notification")).toHaveLength(1);
});

test("progress is shown in the taskbar and the count on the badge, and both disappear", async () => {
  const { ask } = trial();
  await ask("setProgress", 0.25, 3);
  await ask("setProgress", null, 0);
  expect(callsOf("setProgressBar")).toEqual([[0.25], [-1]]);
  expect(callsOf("setBadgeCount")).toEqual([[3], [0]]);
});

test.each<[Call, ...unknown[]]>([
  ["chooseFolder", "/etc"],
  ["revealImage", "../../etc/passwd"],
  ["revealImage", ""],
  ["copyImage", "/etc/passwd"],
  ["startDrag", { path: "/etc/passwd" }],
  ["startDrag", "7", "/etc/passwd"],
  ["revealFolder", "/etc"],
  ["notify", "x".repeat(201), ""],
  ["notify", "title"],
  ["setProgress", 2, 0],
  ["setProgress", Number.NaN, 0],
  ["setProgress", 0.5, -1],
  ["setProgress", 0.5, 0.5],
  ["showMenu", []],
  ["showMenu", [{ id: "a", click: "x" }]],
  ["showMenu", Array.from({ length: 101 }, () => ({ id: "a" }))],
])("%s does not accept %j", async (call, ...args) => {
  const { answers } = trial();
  expect(await answers[call](args)).toBeUndefined();
});
