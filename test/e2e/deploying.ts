import { expect as plainExpect, type Page } from "@playwright/test";
import type { Stage } from "../fakes/played-controllers.ts";

export const PROJECT = "sd-proj";
export const NAME = "kt2";

/** A cluster that a test deploys to; the test plays its controllers. */
export interface PlayedCluster {
  readonly address: string;
  readonly token: string;
  /** Whether its certificate is not trusted. */
  readonly isInsecure?: boolean;
  /** Writes the objects that a cluster has when a deployment is at a stage. */
  play(stage: Stage): Promise<void>;
  /** Fills in the token of the service account's Secret. */
  giveToken(): Promise<void>;
  hasService(): Promise<boolean>;
}

// Also works outside Playwright's own runner, where there is no configuration.
const expect = plainExpect.configure({ timeout: 90_000 });

const STEPS = [
  ["unschedulable", /No node of the cluster has a free GPU/],
  ["copying", /is copying the model from the bucket/],
  ["pulling", /cannot be pulled/],
  ["loading", /The model (is loading|server has started)/],
  ["routing", /its address is being set up/],
] as const;

/** Adds a cluster by its address and a token, as a user does. */
export async function addCluster(page: Page, cluster: PlayedCluster): Promise<void> {
  const section = page.getByRole("region", { name: "Apply to a cluster" });
  await section.getByRole("button", { name: "Add a cluster" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: "Address and token" }).click();
  await dialog.getByRole("textbox", { name: "API address" }).fill(cluster.address);
  await dialog.getByRole("textbox", { name: "Token", exact: true }).fill(cluster.token);
  if (cluster.isInsecure === true) await dialog.getByText("Don't check the certificate").click();
  await dialog.getByRole("button", { name: "Save and test" }).click();
  await expect(dialog).toBeHidden();
  await expect(section.getByText(/Kubernetes .* answered in/)).toBeVisible();
}

/**
 * Goes from the Deploy page's form through a dry run, Apply and all states to a picture; `look` is called in the
 * middle.
 */
export async function deployInPage(
  page: Page,
  cluster: PlayedCluster,
  look: () => Promise<void>,
): Promise<void> {
  await page.getByRole("textbox", { name: "Model deployment name" }).fill(NAME);
  await addCluster(page, cluster);
  const section = page.getByRole("region", { name: "Apply to a cluster" });
  const apply = section.getByRole("button", { name: "Apply", exact: true });
  await expect(apply).toBeDisabled();
  await section.getByRole("button", { name: "Dry run" }).click();
  const objects = section.getByRole("list", { name: "What would change" });
  await expect(objects.getByText("InferenceService")).toBeVisible();
  await expect(section.getByText("The cluster accepts everything.")).toBeVisible();
  expect(await cluster.hasService()).toBe(false);

  // A form that has changed needs another dry run.
  const memory = page.getByRole("textbox", { name: "Memory limit" });
  await memory.fill("12Gi");
  await expect(apply).toBeDisabled();
  await memory.fill("10Gi");
  await apply.click();
  const watch = section.getByRole("region", { name: `${NAME} in ${PROJECT}` });
  await expect(watch.getByText(/has accepted the deployment/)).toBeVisible();

  for (const [stage, words] of STEPS) {
    await cluster.play(stage);
    await expect(watch.getByText(words)).toBeVisible();
    if (stage !== "loading") continue;
    await look();
    // After a reload, the page continues to watch.
    await page.reload();
    await expect(watch.getByText(words)).toBeVisible();
  }
  await cluster.giveToken();
  await cluster.play("ready");
  await expect(watch.getByText("The endpoint was added.")).toBeVisible();
  await expect(watch.getByRole("img", { name: /^Photo of a dog/ })).toBeVisible();
  const deployed = page.getByRole("region", { name: `Deployed in ${PROJECT}` });
  await expect(deployed).toContainText("Ready");
}

/** Removes the deployment again, after the confirmation that names the objects. */
export async function removeInPage(page: Page, cluster: PlayedCluster): Promise<void> {
  const section = page.getByRole("region", { name: "Apply to a cluster" });
  await section.getByRole("button", { name: "Remove", exact: true }).click();
  const question = page.getByRole("alertdialog");
  await expect(question.getByText(`InferenceService ${NAME}`)).toBeVisible();
  await expect(question.getByText("The model in the bucket is not touched.")).toBeVisible();
  await question.getByRole("button", { name: "Remove it" }).click();
  await expect(section.getByText(`${NAME} no longer exists.`)).toBeVisible();
  expect(await cluster.hasService()).toBe(false);
}
