import { Menu, type MenuItemConstructorOptions } from "electron";
import { z } from "zod";

/** The entries of a native menu; one without an id is a line between groups. */
export const menuItemsSchema = z
  .array(
    z.strictObject({
      id: z.string().max(100).optional(),
      label: z.string().max(200).optional(),
      keys: z.string().max(60).optional(),
      isDisabled: z.boolean().optional(),
    }),
  )
  .min(1)
  .max(100);
type MenuItems = z.output<typeof menuItemsSchema>;

/** Between a menu's closing and its click some systems let a moment pass. */
const CLICK_MS = 100;

/** A context menu of the page's making; resolves to the id chosen, or to undefined. */
export function chooseFrom(items: MenuItems): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const template = items.map(({ id, label, keys, isDisabled }): MenuItemConstructorOptions => {
    if (id === undefined) return { type: "separator" };
    const accelerator = acceleratorOf(keys);
    return {
      // An ampersand would mark a letter.
      label: (label ?? id).replaceAll("&", "&&"),
      enabled: isDisabled !== true,
      click: () => resolve(id),
      ...(accelerator !== undefined && { accelerator, registerAccelerator: false }),
    };
  });
  const callback = (): void => void setTimeout(() => resolve(undefined), CLICK_MS);
  Menu.buildFromTemplate(template).popup({ callback });
  return promise;
}

const KEY_NAMES: Readonly<Record<string, string>> = {
  mod: "CmdOrCtrl",
  ctrl: "Ctrl",
  meta: "Meta",
  alt: "Alt",
  shift: "Shift",
  enter: "Enter",
  space: "Space",
  delete: "Delete",
  backspace: "Backspace",
  escape: "Escape",
  up: "Up",
  down: "Down",
  left: "Left",
  right: "Right",
};

/** The page's way to write keys (`mod+enter`) as Electron's; undefined where Electron has no word for one. */
function acceleratorOf(keys: string | undefined): string | undefined {
  const names = keys
    ?.split(",")[0]
    ?.trim()
    .split("+")
    .map((key) => KEY_NAMES[key] ?? (/^[a-z\d.,/]$/.test(key) ? key.toUpperCase() : undefined));
  return names?.every((name) => name !== undefined) ? names.join("+") : undefined;
}
