import { readFile } from "node:fs/promises";
import {
  app,
  clipboard,
  ClipboardItem,
  dialog,
  nativeImage,
  Notification,
  shell,
  type OpenDialogOptions,
} from "electron";
import { z } from "zod";
import { FOLDERS } from "../engine/contract/host-pipe.ts";
import { imageIdSchema } from "../engine/contract/image-id.ts";
import type { HostProcess } from "./host-process.ts";
import { chooseFrom, menuItemsSchema } from "./context-menu.ts";
import { takes, type Answers } from "./ipc.ts";
import type { StudioWindow } from "./window.ts";

/** Side of the picture shown while it is dragged, in pixels. */
const DRAG_ICON = 128;

/** The desktop functions for the page. Pictures are given by id; the host knows their paths. */
export function desktopAnswers(host: Pick<HostProcess, "ask">, window: StudioWindow): Answers {
  const pathOfImage = (imageId: string): Promise<string> =>
    host.ask({ kind: "path-of-image", imageId });
  return {
    chooseFolder: takes(nothing, () => chooseOne(window, { properties: ["openDirectory"] })),
    choosePicture: takes(nothing, () =>
      chooseOne(window, { properties: ["openFile"], filters: [PICTURES] }),
    ),
    revealImage: takes(imageId, async (id) => shell.showItemInFolder(await pathOfImage(id))),
    copyImage: takes(imageId, async (id) => {
      const png = await readFile(await pathOfImage(id));
      const item = new ClipboardItem({ "image/png": new Blob([png], { type: "image/png" }) });
      await clipboard.write([item]);
    }),
    startDrag: takes(imageId, async (id) => {
      const file = await pathOfImage(id);
      const icon = nativeImage.createFromPath(file).resize({ width: DRAG_ICON });
      window.contents?.startDrag({ file, icon });
    }),
    revealFolder: takes(z.tuple([z.enum(FOLDERS)]), async (folder) => {
      const failure = await shell.openPath(await host.ask({ kind: "path-of-folder", folder }));
      if (failure !== "") throw new Error(failure);
    }),
    notify: takes(z.tuple([z.string().max(200), z.string().max(1000)]), async (title, body) =>
      notify(window, title, body),
    ),
    setProgress: takes(z.tuple([fraction, badge]), async (fraction, badge) => {
      window.browserWindow?.setProgressBar(fraction ?? -1);
      app.setBadgeCount(badge);
    }),
    showMenu: takes(z.tuple([menuItemsSchema]), (items) => chooseFrom(items)),
  };
}

const nothing = z.tuple([]);
const imageId = z.tuple([imageIdSchema]);
const fraction = z.number().min(0).max(1).nullable();
const badge = z.int().min(0).max(100_000);
const PICTURES = { name: "Pictures", extensions: ["png", "jpg", "jpeg", "webp"] };

async function chooseOne(
  { browserWindow }: StudioWindow,
  options: OpenDialogOptions,
): Promise<string | undefined> {
  const { filePaths } = await (browserWindow === undefined
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(browserWindow, options));
  return filePaths[0];
}

/** The page decides whether the person needs it: it knows whether it is in front. */
function notify(window: StudioWindow, title: string, body: string): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title, body, silent: true });
  notification.on("click", () => window.show());
  notification.show();
}
