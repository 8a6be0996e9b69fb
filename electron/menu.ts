import { app, Menu, shell, type MenuItemConstructorOptions } from "electron";

/** The application menu. What it cannot do itself it sends to the page as a command's id. */
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
  const settings = command("settings.open", "Settings…", "CmdOrCtrl+,");
  return Menu.buildFromTemplate([
    ...(isMac ? [macMenu(settings)] : []),
    {
      label: "&File",
      submenu: [
        command("generate.focusPrompt", "New picture", "CmdOrCtrl+N"),
        command("models.import", "Import a model folder…"),
        { type: "separator" },
        ...(isMac ? [{ role: "close" } as const] : [settings, { role: "quit" } as const]),
      ],
    },
    { role: "editMenu" },
    {
      label: "&View",
      submenu: [
        command("page.generate", "Generate"),
        command("page.gallery", "Gallery"),
        command("page.models", "Models"),
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
        command("palette.open", "Command palette", "CmdOrCtrl+K"),
        command("shortcuts.open", "Keyboard shortcuts"),
        { label: "About the models", click: () => void shell.openExternal(MODELS_PAGE) },
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
