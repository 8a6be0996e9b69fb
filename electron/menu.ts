import { app, Menu, type MenuItemConstructorOptions } from "electron";
import { openOutside } from "./security.ts";

/** The application menu. Commands of the page are sent to it as ids of actions that every page has. */
export function applicationMenu(
  send: (command: string) => void,
  platform: string = process.platform,
): Menu {
  const command = (
    id: string,
    label: string,
    accelerator?: string,
  ): MenuItemConstructorOptions => ({
    label,
    click: () => send(id),
    ...(accelerator !== undefined && { accelerator }),
  });
  const isMac = platform === "darwin";
  const settings = command("frame.settings", "Settings…", "CmdOrCtrl+,");
  return Menu.buildFromTemplate([
    ...(isMac ? [macMenu(settings)] : []),
    {
      label: "&File",
      submenu: [
        command("frame.generate", "New picture", "CmdOrCtrl+N"),
        { type: "separator" },
        ...(isMac ? [{ role: "close" } as const] : [settings, { role: "quit" } as const]),
      ],
    },
    { role: "editMenu" },
    {
      label: "&View",
      submenu: [
        command("frame.gallery", "Gallery"),
        command("frame.models", "Models"),
        command("frame.queue", "Queue"),
        { type: "separator" },
        { role: "resetZoom" },
        { role: "zoomIn" },
        { role: "zoomOut" },
        { role: "togglefullscreen" },
        ...(app.isPackaged ? [] : [{ role: "toggleDevTools" } as const]),
      ],
    },
    { role: "windowMenu" },
    {
      role: "help",
      submenu: [
        command("frame.palette", "Command palette"),
        command("frame.sheet", "Keyboard shortcuts"),
        { label: "About the models", click: () => openOutside(MODELS_PAGE) },
      ],
    },
  ]);
}

const MODELS_PAGE = "https://huggingface.co/sd2-community";

function macMenu(settings: MenuItemConstructorOptions): MenuItemConstructorOptions {
  return {
    role: "appMenu",
    submenu: [
      { role: "about" },
      { type: "separator" },
      settings,
      { type: "separator" },
      { role: "services" },
      { type: "separator" },
      { role: "hide" },
      { role: "hideOthers" },
      { role: "unhide" },
      { type: "separator" },
      { role: "quit" },
    ],
  };
}
