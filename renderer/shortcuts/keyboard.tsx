import { useHotkeys } from "react-hotkeys-hook";
import { type Action, useRegisteredActions } from "./registry.ts";

const WITH_MODIFIER = /\b(mod|ctrl|alt|meta)\b/;

/** Listens to the keys of every registered action; once, at the root of the page. */
export function Keyboard() {
  const actions = useRegisteredActions();
  return actions
    .filter(({ keys }) => keys !== undefined)
    .map((action) => <Key key={action.id} action={action} keys={action.keys ?? ""} />);
}

function Key({ action, keys }: { action: Action; keys: string }) {
  useHotkeys(
    keys,
    () => action.run(),
    {
      // Not by `enabled`, which swallows the key first.
      ignoreEventWhen: (event) =>
        action.isDisabled === true || isCovered() || !isWithin(event.target, action.within),
      enableOnFormTags: action.worksInFields ?? WITH_MODIFIER.test(keys),
      preventDefault: true,
      // By what the key means on this keyboard, not by where it lies.
      useKey: !keys.endsWith("space"),
    },
    [action],
  );
  return null;
}

/** What answers to keys itself while it is open; a toast is an alertdialog that is not modal. */
const COVERS = '[role="dialog"], [role="alertdialog"]:not([aria-modal="false"]), [role="menu"]';

/** Behind a dialog or a menu nothing acts. */
function isCovered(): boolean {
  return document.querySelector(COVERS) !== null;
}

function isWithin(target: EventTarget | null, selector: string | undefined): boolean {
  return selector === undefined || (target instanceof Element && target.closest(selector) !== null);
}
