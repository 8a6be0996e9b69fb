/** Darkroom's window: it runs the host process, and shows the pages that the host serves. */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { app, dialog, Menu, session } from "electron";
import { IDLE, isBusy, type Activity } from "./activity.ts";
import { desktopAnswers } from "./answers.ts";
import { COMMAND_CHANNEL } from "./channels.ts";
import { flagOf, hostCommand, type Installation } from "./host-command.ts";
import type { Announcement } from "./host-link.ts";
import { HostProcess } from "./host-process.ts";
import { answerCalls } from "./ipc.ts";
import { KeepAwake } from "./activity.ts";
import { lentStorage } from "./lent-storage.ts";
import { applicationMenu } from "./menu.ts";
import { Quit } from "./quit.ts";
import { guardContents, guardSession, type Connection } from "./security.ts";
import { StudioTray } from "./tray.ts";
import { StudioWindow } from "./window.ts";

const argv = process.argv.slice(1);
// The parent process may have ended: failing to print must not close the window.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
process.umask(0o077);
// Another data folder is another studio, with its own window and its own single-instance lock.
const home = flagOf(argv, "--data-dir") ?? process.env["DARKROOM_HOME"] ?? "";
if (home !== "") app.setPath("userData", ownFolder(resolve(home, "window")));
// Without this, Windows shows no notifications.
app.setAppUserModelId("studio.darkroom.app");
app.enableSandbox();
// Tokens pass through this process: a crash must leave no dump.
app.commandLine.appendSwitch("disable-breakpad");
app.on("web-contents-created", (_, contents) => guardContents(contents));
if (app.requestSingleInstanceLock()) app.whenReady().then(open).catch(cannotStart);
else app.quit();

async function open(): Promise<void> {
  let connection: Connection | undefined;
  let activity: Activity = IDLE;
  const installation: Installation = {
    isPackaged: app.isPackaged,
    appPath: app.getAppPath(),
    resourcesPath: process.resourcesPath,
    platform: process.platform,
    arch: process.arch,
  };
  const icons = join(app.getAppPath(), "assets", "icons");
  const awake = new KeepAwake();
  const host = new HostProcess({
    command: hostCommand(installation, argv),
    storage: await lentStorage(),
    onAnnouncement: announced,
    onGivenUp: (lastWords) => {
      offerRestart(host, lastWords).catch(cannotStart);
    },
  });
  const quit = new Quit({ activity: () => activity, stop: () => host.stop() });
  const tray = new StudioTray(join(icons, "tray.png"), () => window.show());
  const window: StudioWindow = new StudioWindow({
    preload: join(import.meta.dirname, "preload.cjs"),
    icon: join(icons, "icon.png"),
    staysWhenClosed: () => tray.isShown || process.platform === "darwin",
    isQuitting: () => quit.isLeaving,
    onClose: () => app.quit(),
  });

  function announced(said: Announcement): void {
    if (said.kind === "ready") {
      connection = { origin: new URL(said.url).origin, token: said.token };
      window.load(connection.origin);
    } else if (said.kind === "activity") {
      activity = said;
      awake.set(isBusy(said));
      tray.setActivity(said);
    } else if (said.kind === "choices") tray.setShown(said.keepInTray);
    else cannotStart(said.error);
  }

  guardSession(session.defaultSession, () => connection);
  const page = { contents: () => window.contents, origin: () => connection?.origin };
  answerCalls(page, desktopAnswers(host, window));
  Menu.setApplicationMenu(applicationMenu((command) => window.send(COMMAND_CHANNEL, command)));
  app.on("second-instance", () => window.show());
  app.on("activate", () => window.show());
  window.open();
  host.start();
}

function cannotStart(error: unknown): void {
  const words = typeof error === "object" && error !== null && "message" in error;
  dialog.showErrorBox("Darkroom cannot start", words ? String(error.message) : "");
  app.quit();
}

function ownFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}

async function offerRestart(host: HostProcess, lastWords: string): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: "error",
    message: "The studio ended several times in a row.",
    detail: lastWords.slice(-1000),
    buttons: ["Try again", "Quit"],
    noLink: true,
  });
  if (response === 0) host.restart();
  else app.quit();
}
