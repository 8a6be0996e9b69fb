import { useLayoutEffect } from "react";

/** The position of an element: it and its ancestors, each with its index among its siblings. */
type Place = readonly { readonly element: Element; readonly index: number }[];

/** Selector of elements that Tab can reach. */
const TABBABLE =
  "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex='0']";

/**
 * Selector of dialogs and menus. If one opens another, the focus returns to where the first was opened. A toast is an
 * alertdialog that is not modal.
 */
const PASSING = "[role=dialog], [role=alertdialog]:not([aria-modal=false]), [role=menu]";

/** When to try, in milliseconds: a removed row disappears only after the studio's event. */
const LATER_MS = [0, 100, 400, 1000];

let lastPlace: Place = [];

/**
 * Returns the focus when a part of the page closes that had it: to where it was before or, if that element is gone, to
 * its successor. React Aria does the former for dialogs whose opener still exists. `key` identifies the part.
 */
export function useFocusReturn(key: unknown): void {
  useLayoutEffect(() => {
    const from = document.activeElement;
    const isPassing = from === null || from === document.body || from.closest(PASSING) !== null;
    const place = isPassing ? lastPlace : placeOf(from);
    lastPlace = place;
    return () => {
      for (const ms of LATER_MS) setTimeout(() => giveBack(place), ms);
    };
  }, [key]);
}

function placeOf(element: Element): Place {
  const { parentElement } = element;
  const index = parentElement === null ? 0 : [...parentElement.children].indexOf(element);
  return [{ element, index }, ...(parentElement === null ? [] : placeOf(parentElement))];
}

/** Does nothing if something else has received the focus meanwhile. */
function giveBack(place: Place): void {
  const isLost = document.activeElement === null || document.activeElement === document.body;
  if (!isLost || document.querySelector(PASSING) !== null) return;
  const standing = place.findIndex(({ element }) => element.isConnected);
  const held = place[standing]?.element;
  if (held === undefined) return;
  const gone = place[standing - 1];
  const successor = gone && held.children[Math.min(gone.index, held.children.length - 1)];
  const target = [successor, held, document.querySelector("main")]
    .flatMap((element) => (element ? [tabbableIn(element)] : []))
    .find((element) => element !== undefined);
  target?.focus();
}

function tabbableIn(element: Element): HTMLElement | undefined {
  const all = [element, ...element.querySelectorAll(TABBABLE)];
  return all.find(
    (one): one is HTMLElement =>
      one instanceof HTMLElement && one.matches(TABBABLE) && one.checkVisibility(),
  );
}
