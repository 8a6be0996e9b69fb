import { AxeBuilder } from "@axe-core/playwright";
import { test, type Page } from "@playwright/test";
import { expect } from "./studio-test.ts";

/** The page in its present state violates none of axe's rules, or of those named. */
export async function expectNoViolations(page: Page, rules?: string[]): Promise<void> {
  const axe = new AxeBuilder({ page });
  if (rules !== undefined) axe.withRules(rules);
  const { violations } = await axe
    // React Aria announces a busy button for seven seconds, even if the button has gone.
    .exclude("[data-live-announcer]")
    // Electron cannot open the blank page that axe uses for frames (axe-core-npm #1141).
    .setLegacyMode(test.info().project.name === "desktop")
    .analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}
