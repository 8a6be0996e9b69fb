import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { S3Server } from "../fakes/s3/s3-server.ts";
import { expectNoViolations } from "./expect-no-violations.ts";
import { connect, publish } from "./publishing.ts";
import { expect, test } from "./studio-test.ts";

test("a published model becomes manifests whose differences are explained, and files with its keys", async ({
  studio: { page, dataFolder },
}) => {
  await using s3 = await S3Server.start();
  s3.bucket("models");
  await connect(page, s3);
  const published = await publish(page);
  await published.getByRole("button", { name: "Deploy it" }).click();

  const form = page.getByRole("form", { name: "Model deployment" });
  await expect(form.getByRole("textbox", { name: "Path" })).toHaveValue("stable-diffusion/");
  await expect(form.getByText(/from your last publish: stable-diffusion in s3:/)).toBeVisible();
  await form.getByRole("button", { name: "Check the path" }).click();
  const verdict = form.getByRole("region", { name: "Deployable?" });
  await expect(verdict).toContainText(/It can be deployed/);
  expect((await verdict.boundingBox())?.width).toBeGreaterThan(200);

  const name = form.getByRole("textbox", { name: "Model deployment name" });
  await name.fill("KT_3");
  await expect(form.getByText(/The model deployment cannot be KT_3/)).toBeVisible();
  await expect(page.getByText(/show the last valid values/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Save files…" })).toBeDisabled();
  await name.fill("kt2");
  await expect(page.getByText(/show the last valid values/)).toBeHidden();

  const view = page.getByRole("region", { name: "Manifests" });
  await expect(view.getByText("8 differences from the KServe example")).toBeVisible();
  await expect(view.getByText(/TorchServe's worker never starts/)).toBeVisible();
  await view.getByText("Compare with the KServe example").click();
  await expect(view.getByLabel("KServe example", { exact: true })).toContainText(
    "runAsUser: 1001130001",
  );
  await expect(view.getByLabel("Darkroom's")).not.toContainText("runAsUser");
  await expectNoViolations(page);
  await view.getByRole("tab", { name: "4-inference-service.yaml" }).click();
  await expect(view.getByLabel("4-inference-service.yaml").last()).toContainText(
    "haproxy.router.openshift.io/timeout: 300s",
  );
  await view.getByRole("tab", { name: "1-connection.yaml" }).click();
  await expect(view.getByText(/Keys are never shown here/)).toBeVisible();
  expect(await page.content()).not.toContain(s3.secretKey);

  await page.getByRole("button", { name: "Save files…" }).click();
  const dialog = page.getByRole("dialog", { name: "Save the manifests" });
  await dialog.getByText("Write the connection's keys into its Secret").click();
  await dialog.getByRole("button", { name: "Save files" }).click();
  await expect(dialog).toBeHidden();
  const folder = join(dataFolder, "deployments", "kt2");
  await expect(page.getByText(`Saved in ${folder}`)).toBeVisible();
  expect(readdirSync(folder).toSorted()).toEqual([
    "1-connection.yaml",
    "2-token.yaml",
    "3-serving-runtime.yaml",
    "4-inference-service.yaml",
    "Containerfile",
  ]);
  expect(readFileSync(join(folder, "1-connection.yaml"), "utf8")).toContain(s3.secretKey);
  expect(await page.content()).not.toContain(s3.secretKey);

  await form.getByRole("radio", { name: "Darkroom" }).click();
  await form.getByRole("textbox", { name: "Serving runtime image" }).fill("mine/darkroom:0.1.0");
  await form.getByRole("radio", { name: "Whole cluster" }).click();
  await view.getByRole("tab", { name: "3-serving-runtime.yaml" }).click();
  await expect(view.getByLabel("3-serving-runtime.yaml").last()).toContainText(
    "kind: ClusterServingRuntime",
  );
  await expect(view.getByText("oc apply -f kt2/3-serving-runtime.yaml")).toBeVisible();
  await expect(view.getByText(/takes a cluster administrator/)).toBeVisible();
});
