import { useEffect } from "react";
import { useHotkeys } from "react-hotkeys-hook";
import { type Action, useRegisteredActions } from "./registry.ts";

const WITH_MODIFIER = /\b(mod|ctrl|alt|meta)\b/;

/** What is chosen from and never typed into: keys act while it has the focus. */
const CHOSEN_FROM = ["option", "radio"] as const;

/** Listens to the keys of every registered action; once, at the root of the page. */
export function Keyboard() {
  const actions = useRegisteredActions();
  useEscape();
  return actions
    .filter(({ keys }) => keys !== undefined)
    .map((action) => <Key key={action.id} action={action} keys={action.keys ?? ""} />);
}

function Key({ action, keys }: { action: Action; keys: string }) {
  const worksInFields = action.worksInFields ?? WITH_MODIFIER.test(keys);
  useHotkeys(
    keys,
    () => action.run(),
    {
      // Not by `enabled`, which swallows the key first.
      ignoreEventWhen: (event) =>
        action.isDisabled === true ||
        isCovered() ||
        (!worksInFields && isHandedOn(event)) ||
        !isWithin(event.target, action) ||
        (isTypedInto(event.target) && action.isFieldsOwn?.() === true),
      enableOnFormTags: worksInFields ? true : CHOSEN_FROM,
      preventDefault: true,
      // By what the key means on this keyboard, not by where it lies.
      useKey: !keys.endsWith("space"),
    },
    [action],
  );
  return null;
}

/** What answers to keys itself while it is open; a toast is an alertdialog that is not modal. */
const COVERS =
  '[role="dialog"], [role="alertdialog"]:not([aria-modal="false"]), [role="menu"], [data-trigger="Select"]';

/** Behind a dialog or a menu nothing acts. */
function isCovered(): boolean {
  return document.querySelector(COVERS) !== null;
}

/** What is open answers to Escape where it has the focus; where the focus was lost the key is handed to it. */
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

/** Whether nothing has the focus any more: what had it is gone. */
function isLost(target: EventTarget | null): boolean {
  return target === document.body || target === document.documentElement;
}

function isWithin(target: EventTarget | null, { within, keys }: Action): boolean {
  if (within === undefined || (keys === "escape" && isLost(target))) return true;
  return target instanceof Element && target.closest(within) !== null;
}

/** Whether a text field was typed into and the key was only passed on, to the chosen one of its suggestions. */
function isHandedOn({ target }: KeyboardEvent): boolean {
  const { activeElement } = document;
  return target !== activeElement && isTypedInto(activeElement);
}

function isTypedInto(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input, textarea, select"))
  );
}
