import type { Locator } from "@playwright/test";

/** Runs an action from the menu of an endpoint's card. */
export async function act(card: Locator, action: string): Promise<void> {
  await card.getByRole("button", { name: /^More actions for / }).click();
  await card.page().getByRole("menuitem", { name: action, exact: true }).click();
}
