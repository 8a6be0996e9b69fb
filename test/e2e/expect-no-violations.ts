import { AxeBuilder } from "@axe-core/playwright";
import { test, type Page } from "@playwright/test";
import { expect } from "./studio-test.ts";

/** The page as it stands breaks none of axe's rules. */
export async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    // React Aria names a button that was busy for seven seconds after, even where it is gone by then.
    .exclude("[data-live-announcer]")
    // Electron cannot open the blank page that axe takes for frames (axe-core-npm #1141).
    .setLegacyMode(test.info().project.name === "desktop")
    .analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}
