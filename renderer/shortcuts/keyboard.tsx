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
      enabled: () => action.isDisabled !== true && !isCovered(),
      enableOnFormTags: action.worksInFields ?? WITH_MODIFIER.test(keys),
      preventDefault: true,
      // By what the key means on this keyboard, not by where it lies.
      useKey: !keys.endsWith("space"),
    },
    [action],
  );
  return null;
}

/** Behind a dialog or a menu nothing acts: what is open there answers to keys itself. */
function isCovered(): boolean {
  return document.querySelector('[aria-modal="true"], [role="menu"]') !== null;
}
