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

/** Reaches a button with Tab alone, and presses it. */
export async function press(page: Page, control: Locator): Promise<void> {
  await tabTo(page, control);
  await page.keyboard.press("Enter");
}

/** Opens a menu by its button, and chooses an item with the arrows. */
export async function choose(page: Page, opener: Locator, item: string): Promise<void> {
  await press(page, opener);
  await expect
    .poll(() =>
      page.evaluate(() => {
        const { activeElement: focused } = document;
        return focused?.closest("[role=menu]") ? "in the menu" : focused?.outerHTML.slice(0, 200);
      }),
    )
    .toBe("in the menu");
  await arrowTo(page, page.getByRole("menuitem", { name: item, exact: true }), "ArrowDown");
  await page.keyboard.press("Enter");
}

/** Reaches a tab of a page with Tab and the arrows. */
export async function openTab(page: Page, name: string): Promise<void> {
  const wanted = page.getByRole("tab", { name, exact: true });
  await tabInto(page, page.getByRole("tablist").filter({ has: wanted }));
  await arrowTo(page, wanted, "ArrowRight");
  await expect(wanted).toHaveAttribute("aria-selected", "true");
}

/** More elements than any list of these tests has. */
const ELEMENTS = 20;

/** Reaches an element of the list that has the focus; a busy page moves it some time after the key. */
async function arrowTo(page: Page, wanted: Locator, key: string): Promise<void> {
  await expect(wanted).toBeVisible();
  for (let step = 0; step < ELEMENTS && !(await isFocused(wanted)); step++) {
    const before = await page.evaluateHandle(() => document.activeElement);
    await page.keyboard.press(key);
    await page
      .waitForFunction((last) => document.activeElement !== last, before, { timeout: 5000 })
      .catch(() => undefined);
  }
  await expect(wanted).toBeFocused();
}

/** Reaches a list with Tab alone, which stops at one of its elements. */
export async function tabInto(page: Page, list: Locator): Promise<void> {
  await expect(list).toBeVisible();
  const focused = list.locator(":focus");
  for (let stop = 0; stop < STOPS && (await focused.count()) === 0; stop++) {
    await page.keyboard.press("Tab");
  }
  await expect(focused).toBeVisible();
  await expectSeen(page);
}

function isFocused(wanted: Locator): Promise<boolean> {
  return wanted.evaluate((element) => element === document.activeElement);
}

/** The focus is on an element in view, and one ring around it or one of its closest ancestors shows where it is. */
export async function expectSeen(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(() => {
        const { activeElement: focused } = document;
        if (focused === null || focused === document.body) return "nothing has the focus";
        const { top, bottom, left, right } = focused.getBoundingClientRect();
        const isInView = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
        if (!isInView) return `out of view: ${focused.outerHTML.slice(0, 200)}`;
        const closest: Element[] = [];
        for (let one: Element | null = focused; one !== null && closest.length < 4;) {
          closest.push(one);
          one = one.parentElement;
        }
        const drawn = closest.map((one) => getComputedStyle(one));
        const rings = drawn.filter(
          ({ outlineStyle, outlineWidth }) =>
            outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0,
        ).length;
        const isShadowed = drawn.some(({ boxShadow }) => boxShadow !== "none");
        if (rings === 1 || (rings === 0 && isShadowed)) return "seen";
        return `${rings} rings: ${focused.outerHTML.slice(0, 200)}`;
      }),
    )
    .toBe("seen");
}
