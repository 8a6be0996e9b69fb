import { type MouseEvent, useCallback, useRef, useState } from "react";
import { desktop } from "../connection/desktop.ts";
import { PointMenu } from "../ui/menu.tsx";
import styles from "./context-menu.module.css";
import { menuEntries } from "./menu-entries.ts";
import type { Action } from "./registry.ts";

/** Distance between a button and its menu, in pixels. */
const GAP = 4;

/** The position of a menu: a mouse event, or the fields of one. */
export type MenuPoint = Pick<MouseEvent, "clientX" | "clientY" | "currentTarget"> &
  Partial<Pick<MouseEvent, "preventDefault">>;

/** What useContextMenu returns. */
export type ContextMenu = ReturnType<typeof useContextMenu>;

interface ShownMenu {
  /** Counts the openings. */
  readonly opening: number;
  readonly actions: readonly Action[];
  readonly x: number;
  readonly y: number;
}

const NEVER_SHOWN: ShownMenu = { opening: 0, actions: [], x: 0, y: 0 };

/**
 * One context menu for a whole list: `open` on each row's onContextMenu, or `openBelow` a button, and
 * `menu` once beside the list. On the desktop it is the system's own menu.
 */
export function useContextMenu(label: string) {
  const [shown, setShown] = useState<ShownMenu>(NEVER_SHOWN);
  const [isOpen, setOpen] = useState(false);
  const anchor = useRef<HTMLDivElement>(null);
  const open = useCallback((event: MenuPoint, actions: readonly Action[]) => {
    event.preventDefault?.();
    if (desktop) void showNative(actions);
    else {
      const point = pointOf(event);
      setShown(({ opening }) => ({ opening: opening + 1, actions, ...point }));
      setOpen(true);
    }
  }, []);
  const openBelow = useCallback(
    (button: Element, actions: readonly Action[]) => {
      const { left, bottom } = button.getBoundingClientRect();
      open({ clientX: left, clientY: bottom + GAP, currentTarget: button }, actions);
    },
    [open],
  );
  const menu = (
    <>
      <div
        ref={anchor}
        className={styles.point}
        style={{ left: shown.x, top: shown.y }}
        aria-hidden
      />
      <PointMenu
        // A menu opened while the last one fades out is a new one, which takes the focus.
        key={shown.opening}
        label={label}
        entries={menuEntries(shown.actions)}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        anchor={anchor}
      />
    </>
  );
  return { open, openBelow, menu };
}

/** The menu key has no position, so the row's centre is used. */
function pointOf({ clientX, clientY, currentTarget }: MenuPoint): { x: number; y: number } {
  if (clientX > 0 || clientY > 0) return { x: clientX, y: clientY };
  const { left, top, width, height } = currentTarget.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}

async function showNative(actions: readonly Action[]): Promise<void> {
  const items = actions.flatMap((action, index) => {
    const { id, keys, isDisabled = false, group, reason } = action;
    const isNewGroup = index > 0 && group !== actions[index - 1]?.group;
    const label = reason === undefined ? action.label : `${action.label} (${reason})`;
    const item = { id, label, isDisabled, ...(keys !== undefined && { keys }) };
    return isNewGroup ? [{}, item] : [item];
  });
  const chosen = await desktop?.showMenu(items);
  actions.find(({ id }) => id === chosen)?.run();
}
