import { type RefObject, useEffect } from "react";

const CONTROLS = "input:enabled, textarea:enabled, select:enabled, button:enabled, a[href]";

/**
 * Keeps the focus in a part of the page: if the control that has it disappears or is disabled by what was done with it,
 * the part's first control gets it. `isShown` says whether the part is on the page now.
 */
export function useKeptFocus(place: RefObject<HTMLElement | null>, isShown = true): void {
  useEffect(() => {
    const part = place.current;
    if (part === null) return;
    let last: EventTarget | null = null;
    const entered = ({ target }: FocusEvent) => (last = target);
    const left = ({ target }: FocusEvent) => {
      // A control that is about to disappear may still be there now.
      setTimeout(() => {
        if (last === target && !isGone(target) && document.activeElement !== target) last = null;
      });
    };
    const observer = new MutationObserver(() => {
      if (!isLost(last)) return;
      last = null;
      part.querySelector<HTMLElement>(CONTROLS)?.focus();
    });
    part.addEventListener("focusin", entered);
    part.addEventListener("focusout", left);
    observer.observe(part, { childList: true, subtree: true, attributeFilter: ["disabled"] });
    return () => {
      observer.disconnect();
      part.removeEventListener("focusin", entered);
      part.removeEventListener("focusout", left);
    };
  }, [place, isShown]);
}

/** Whether the focus was lost with this control, and nothing else has it. */
function isLost(control: EventTarget | null): boolean {
  const { activeElement, body } = document;
  const isFree = activeElement === null || activeElement === body || activeElement === control;
  return isFree && isGone(control);
}

function isGone(control: EventTarget | null): boolean {
  return control instanceof HTMLElement && (!control.isConnected || control.matches(":disabled"));
}
