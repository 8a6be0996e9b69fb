import { fork } from "node:child_process";
import { once } from "node:events";
import type { Page } from "@playwright/test";
import { FakeCluster } from "../fakes/fake-cluster.ts";
import { logsAt, podAt, type Stage, statusAt } from "../fakes/played-controllers.ts";
import { S3Server } from "../fakes/s3/s3-server.ts";
import { expectNoViolations } from "./expect-no-violations.ts";
import { connect, publish } from "./publishing.ts";
import { expect, test } from "./studio-test.ts";

const PROJECT = "sd-proj";
const NAME = "kt2";

/** Our own inference server in a process of its own; gives its address and how to end it. */
async function inferenceServer() {
  const program = new URL("../fakes/inference-server-process.ts", import.meta.url);
  const child = fork(program);
  const [said] = (await once(child, "message")) as [{ readonly port: number }];
  return {
    url: `http://127.0.0.1:${said.port}`,
    [Symbol.dispose]: () => child.kill(),
  };
}

/** Writes what a cluster's controllers would have written when a deployment is at a stage. */
function play(cluster: FakeCluster, stage: Stage, url: string): void {
  for (const [container, log] of Object.entries(logsAt(stage))) cluster.logs.set(container, log);
  const pod = podAt(stage, NAME, PROJECT);
  cluster.put(`/api/v1/namespaces/${PROJECT}/pods/${pod.metadata.name}`, pod);
  cluster.merge("inferenceservices", NAME, { status: statusAt(stage, url) });
}

async function addCluster(page: Page, cluster: FakeCluster): Promise<void> {
  const section = page.getByRole("region", { name: "Apply to a cluster" });
  await section.getByRole("button", { name: "Add a cluster" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: "Address and token" }).click();
  await dialog.getByRole("textbox", { name: "API address" }).fill(cluster.address);
  await dialog.getByRole("textbox", { name: "Token", exact: true }).fill(cluster.token);
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Save and test" }).click();
  await expect(dialog).toBeHidden();
  await expect(section.getByText(/Kubernetes v1\.34/)).toBeVisible();
}

test("a published model is tried, applied, watched until it is ready, and draws", async ({
  studio: { page },
}) => {
  await using s3 = await S3Server.start();
  s3.bucket("models");
  const cluster = await FakeCluster.start();
  await using _ = { [Symbol.asyncDispose]: () => cluster.stop() };
  using server = await inferenceServer();
  await connect(page, s3);
  const published = await publish(page);
  await published.getByRole("button", { name: "Deploy it" }).click();
  await page.getByRole("textbox", { name: "Model deployment name" }).fill(NAME);
  await addCluster(page, cluster);

  const section = page.getByRole("region", { name: "Apply to a cluster" });
  const apply = section.getByRole("button", { name: "Apply", exact: true });
  await expect(apply).toBeDisabled();
  await section.getByRole("button", { name: "Dry run" }).click();
  const objects = section.getByRole("list", { name: "What would change" });
  await expect(objects.getByText("InferenceService")).toBeVisible();
  await expect(section.getByText("The cluster accepts everything.")).toBeVisible();
  expect(cluster.objects.size).toBe(0);

  // A form that has changed since has to be tried again.
  const memory = page.getByRole("textbox", { name: "Memory limit" });
  await memory.fill("12Gi");
  await expect(apply).toBeDisabled();
  await memory.fill("10Gi");
  await apply.click();
  const watch = section.getByRole("region", { name: `${NAME} in ${PROJECT}` });
  await expect(watch.getByText(/has taken the deployment/)).toBeVisible();

  const steps = [
    ["unschedulable", /No node of the cluster has a free GPU/],
    ["copying", /copies the model from the bucket/],
    ["pulling", /cannot be pulled/],
    ["loading", /The model is loading: try 2 of 20/],
    ["routing", /its address is being set up/],
  ] as const;
  for (const [stage, words] of steps) {
    play(cluster, stage, server.url);
    await expect(watch.getByText(words)).toBeVisible();
    if (stage !== "loading") continue;
    await expect(watch.getByText("The wrapper reads config.properties.")).toBeVisible();
    await expectNoViolations(page);
    // A reload in the middle watches on.
    await page.reload();
    await expect(watch.getByText(words)).toBeVisible();
  }

  // The token's controller fills in what OpenShift AI would.
  const token = Buffer.from("a-token").toString("base64");
  cluster.merge("secrets", `default-name-${NAME}-sa`, { data: { token } });
  play(cluster, "ready", server.url);
  await expect(watch.getByText("The endpoint was added.")).toBeVisible();
  const picture = watch.getByRole("img", { name: /^Photo of a dog/ });
  await expect(picture).toBeVisible();
  await expect(page.getByRole("region", { name: `Deployed in ${PROJECT}` })).toContainText("Ready");
  await expectNoViolations(page);

  await section.getByRole("button", { name: "Remove", exact: true }).click();
  const question = page.getByRole("alertdialog");
  await expect(question.getByText(`InferenceService ${NAME}`)).toBeVisible();
  await expect(question.getByText("The model in the bucket is not touched.")).toBeVisible();
  await question.getByRole("button", { name: "Remove it" }).click();
  await expect(watch.getByText(`${NAME} no longer exists.`)).toBeVisible();
  expect(cluster.get("inferenceservices", NAME)).toBeUndefined();

  await watch.getByRole("button", { name: "Close" }).click();
  await page.goto(new URL("/generate", page.url()).href);
  await expect(page.getByRole("button", { name: /Run on/ })).toBeVisible();
});

test("a cluster that does not answer is told, and can be kept or removed again", async ({
  studio: { page },
}) => {
  await using s3 = await S3Server.start();
  s3.bucket("models");
  await connect(page, s3);
  await page.goto(new URL("/deploy", page.url()).href);
  const section = page.getByRole("region", { name: "Apply to a cluster" });
  await section.getByRole("button", { name: "Add a cluster" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: "Address and token" }).click();
  await dialog.getByRole("textbox", { name: "API address" }).fill("https://127.0.0.1:1");
  await dialog.getByRole("textbox", { name: "Token", exact: true }).fill("sha256~nothing");
  await dialog.getByRole("button", { name: "Save and test" }).click();
  await expect(dialog.getByText("CLUSTER_UNREACHABLE")).toBeVisible();
  await dialog.getByRole("button", { name: "Remove it again" }).click();
  await expect(section.getByText(/Connect a cluster to deploy from here/)).toBeVisible();
});
