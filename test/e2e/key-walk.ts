import type { Locator, Page } from "@playwright/test";
import { expect } from "./studio-test.ts";

/** More stops than any page has. */
const STOPS = 150;

/** Reaches an element with Tab alone, as somebody without a mouse does; it is in view and has a visible focus. */
export async function tabTo(page: Page, wanted: Locator, key = "Tab"): Promise<void> {
  await expect(wanted).toBeVisible();
  for (let stop = 0; stop < STOPS && !(await isFocused(wanted)); stop++) {
    await page.keyboard.press(key);
  }
  await expect(wanted).toBeFocused();
  await expectSeen(page);
}

function isFocused(wanted: Locator): Promise<boolean> {
  return wanted.evaluate((element) => element === document.activeElement);
}

/** The focus is on an element in view, and a ring around it or one of its closest ancestors shows where it is. */
export async function expectSeen(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(() => {
        const { activeElement: focused } = document;
        if (focused === null || focused === document.body) return "nothing has the focus";
        const { top, bottom, left, right } = focused.getBoundingClientRect();
        const isInView = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
        if (!isInView) return `out of view: ${focused.outerHTML.slice(0, 200)}`;
        for (let one: Element | null = focused, up = 0; one !== null && up < 4; up++) {
          const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
          const isRinged = outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0;
          if (isRinged || boxShadow !== "none") return "seen";
          one = one.parentElement;
        }
        return `no ring: ${focused.outerHTML.slice(0, 200)}`;
      }),
    )
    .toBe("seen");
}
