import { Menu, type MenuItemConstructorOptions } from "electron";
import { z } from "zod";

/** The entries of a native menu; one without an id is a separator. */
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

/** On some systems the click arrives a moment after the menu closes. */
const CLICK_MS = 100;

/** Shows a context menu that the page has defined; resolves to the chosen id, or to undefined. */
export function chooseFrom(items: MenuItems): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const template = items.map(({ id, label, keys, isDisabled }): MenuItemConstructorOptions => {
    if (id === undefined) return { type: "separator" };
    const accelerator = acceleratorOf(keys);
    return {
      // An ampersand would mark a mnemonic.
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

/** Converts the page's notation of keys (`mod+enter`) to Electron's; undefined if Electron has none. */
function acceleratorOf(keys: string | undefined): string | undefined {
  const names = keys
    ?.split(",")[0]
    ?.trim()
    .split("+")
    .map((key) => KEY_NAMES[key] ?? (/^[a-z\d.,/]$/.test(key) ? key.toUpperCase() : undefined));
  return names?.every((name) => name !== undefined) ? names.join("+") : undefined;
}
