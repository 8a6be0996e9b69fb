import { useLayoutEffect } from "react";

/** Where an element stands: itself and what is around it, each with its number among its siblings. */
type Place = readonly { readonly element: Element; readonly index: number }[];

/** What can be focused by Tab. */
const TABBABLE =
  "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex='0']";

/**
 * Parts that come and go over a page; what opens from one of them returns to where that one was opened. A toast is an
 * alertdialog that is not modal.
 */
const PASSING = "[role=dialog], [role=alertdialog]:not([aria-modal=false]), [role=menu]";

/** What a removal takes with it may go only once the studio has told of it; in milliseconds. */
const LATER_MS = [0, 100, 400, 1000];

let lastPlace: Place = [];

/**
 * Gives the focus back when a part of the page closes while holding it: to where it was before or, if that is gone, too,
 * to what took its place. React Aria does the first for dialogs whose opener is still there. `key` names what is shown.
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

/** Only while nothing has the focus: a person or another part may have moved on. */
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
