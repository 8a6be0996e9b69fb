import { type RefObject, useEffect } from "react";

const CONTROLS = "input:enabled, textarea:enabled, select:enabled, button:enabled, a[href]";

export interface KeptFocusOptions {
  /** Whether the part is on the page now. */
  readonly isShown?: boolean;
  /** Selector of the controls of which the first one gets the focus. */
  readonly heir?: string;
}

/**
 * Keeps the focus in a part of the page: if the control that has it disappears or is disabled by what was done with it,
 * the part's first control gets it.
 */
export function useKeptFocus(
  place: RefObject<HTMLElement | null>,
  { isShown = true, heir = CONTROLS }: KeptFocusOptions = {},
): void {
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
      part.querySelector<HTMLElement>(heir)?.focus();
    });
    part.addEventListener("focusin", entered);
    part.addEventListener("focusout", left);
    observer.observe(part, { childList: true, subtree: true, attributeFilter: ["disabled"] });
    return () => {
      observer.disconnect();
      part.removeEventListener("focusin", entered);
      part.removeEventListener("focusout", left);
    };
  }, [place, isShown, heir]);
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
