import { memo, useEffect } from "react";
import { useHotkeys } from "react-hotkeys-hook";
import { type Action, useRegisteredActions } from "./registry.ts";

const WITH_MODIFIER = /\b(mod|ctrl|alt|meta)\b/;

/** Elements that are typed into: letters and digits belong to them. */
const TEXT_FIELDS =
  'input:not([type="range"], [type="checkbox"], [type="radio"]), textarea, select, [role="spinbutton"]';

/** Sliders, switches and checkboxes have keys of their own, too; letters and digits remain shortcuts there. */
const CONTROLS = 'input:is([type="range"], [type="checkbox"]), [role="slider"]';
const KEYS_OF_CONTROLS = new Set(["left", "right", "up", "down", "space", "enter"]);

/** Listens to the keys of every registered action; render it once, at the root of the page. */
export function Keyboard() {
  const actions = useRegisteredActions();
  useEscape();
  return actions
    .filter(({ keys }) => keys !== undefined)
    .map((action) => <Key key={action.id} action={action} keys={action.keys ?? ""} />);
}

/** Memoized: of the many, only those whose action has changed listen anew. */
const Key = memo(function Key({ action, keys }: { action: Action; keys: string }) {
  const worksInFields = action.worksInFields ?? WITH_MODIFIER.test(keys);
  useHotkeys(
    keys,
    () => action.run(),
    {
      // Not `enabled`, which would swallow the key first.
      ignoreEventWhen: (event) =>
        action.isDisabled === true ||
        (isCovered() && action.worksInDialogs?.() !== true) ||
        (!worksInFields && isTyped(event)) ||
        isControls(event.target, keys) ||
        !isWithin(event.target, action) ||
        (isTypedInto(event.target) && action.isFieldsOwn?.() === true),
      enableOnFormTags: true,
      preventDefault: true,
      // By the character that the key types, not by its position on the keyboard.
      useKey: !keys.endsWith("space"),
    },
    [action],
  );
  return null;
});

/** Open elements that handle keys themselves; a toast is an alertdialog, but not modal. */
const COVERS =
  '[role="dialog"], [role="alertdialog"]:not([aria-modal="false"]), [role="menu"], [data-trigger="Select"]';

/** Shortcuts do not work behind a dialog or a menu, unless an action says so. */
function isCovered(): boolean {
  return document.querySelector(COVERS) !== null;
}

/**
 * Closes what is open with Escape: normally the focused element handles the key; after the focus was lost, the key is
 * passed on to it.
 */
function useEscape(): void {
  useEffect(() => {
    const hand = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !isLost(event.target)) return;
      const top = [...document.querySelectorAll<HTMLElement>(COVERS)].at(-1);
      const { key, code } = event;
      top?.dispatchEvent(
        new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true }),
      );
    };
    document.addEventListener("keydown", hand);
    return () => document.removeEventListener("keydown", hand);
  }, []);
}

/** Whether nothing has the focus because the focused element was removed. */
function isLost(target: EventTarget | null): boolean {
  return target === document.body || target === document.documentElement;
}

function isWithin(target: EventTarget | null, { within }: Action): boolean {
  if (within === undefined) return true;
  return target instanceof Element && target.closest(within) !== null;
}

/** Whether the key was typed into a text field; the field may have passed it on to its selected suggestion. */
function isTyped({ target }: KeyboardEvent): boolean {
  return isTypedInto(target) || isTypedInto(document.activeElement);
}

/** Whether the key is one that the focused slider, switch or checkbox uses. */
function isControls(target: EventTarget | null, keys: string): boolean {
  return KEYS_OF_CONTROLS.has(keys) && target instanceof Element && target.matches(CONTROLS);
}

function isTypedInto(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches(TEXT_FIELDS));
}
