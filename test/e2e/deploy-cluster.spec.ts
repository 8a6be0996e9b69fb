import { FakeCluster, status } from "../fakes/fake-cluster.ts";
import { forkInferenceServer } from "../fakes/forked-inference-server.ts";
import { logsAt, podAt, statusAt } from "../fakes/played-controllers.ts";
import { S3Server } from "../fakes/s3/s3-server.ts";
import {
  addCluster,
  deployInPage,
  NAME,
  type PlayedCluster,
  PROJECT,
  removeInPage,
} from "./deploying.ts";
import { expectNoViolations } from "./expect-no-violations.ts";
import { connect, publish } from "./publishing.ts";
import { expect, test } from "./studio-test.ts";

/** A fake of a cluster's API and of its controllers; `url` is the address of a ready deployment. */
function played(cluster: FakeCluster, url: string): PlayedCluster {
  return {
    address: cluster.address,
    token: cluster.token,
    play: async (stage) => {
      for (const [container, log] of Object.entries(logsAt(stage))) {
        cluster.logs.set(container, log);
      }
      const pod = podAt(stage, NAME, PROJECT);
      cluster.put(`/api/v1/namespaces/${PROJECT}/pods/${pod.metadata.name}`, pod);
      cluster.merge("inferenceservices", NAME, { status: statusAt(stage, url) });
    },
    giveToken: async () => {
      const token = Buffer.from("a-token").toString("base64");
      cluster.merge("secrets", `default-name-${NAME}-sa`, { data: { token } });
    },
    hasService: async () => cluster.get("inferenceservices", NAME) !== undefined,
  };
}

test("a published model is tested, applied, watched until it is ready, draws, and is removed", async ({
  studio: { page },
}) => {
  await using s3 = await S3Server.start();
  s3.bucket("models");
  const fake = await FakeCluster.start();
  await using _ = { [Symbol.asyncDispose]: () => fake.stop() };
  using server = await forkInferenceServer();
  const cluster = played(fake, server.url);
  await connect(page, s3);
  const published = await publish(page);
  await published.getByRole("button", { name: "Deploy it" }).click();

  const watch = page.getByRole("region", { name: `${NAME} in ${PROJECT}` });
  await deployInPage(page, cluster, async () => {
    await expect(watch.getByText("The model is loading: try 2 of 20.")).toBeVisible();
    await expect(watch.getByText("The wrapper reads config.properties.")).toBeVisible();
    await expectNoViolations(page);
  });
  await expectNoViolations(page);
  await removeInPage(page, cluster);
});

test("a cluster that does not answer is reported, and can be kept or removed again", async ({
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
  await dialog.getByRole("button", { name: "Save and test" }).click();
  await expect(dialog.getByText("Enter a token.")).toBeVisible();
  await dialog.getByRole("textbox", { name: "API address" }).fill("https://127.0.0.1:1");
  await dialog.getByRole("textbox", { name: "Token", exact: true }).fill("sha256~nothing");
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Save and test" }).click();
  await expect(dialog.getByText("CLUSTER_UNREACHABLE")).toBeVisible();
  await dialog.getByRole("button", { name: "Remove it again" }).click();
  await expect(section.getByText(/Connect a cluster to deploy from here/)).toBeVisible();
});

test("a cluster's refusal is shown at the form's field, and another client's fields are not overwritten unasked", async ({
  studio: { page },
}) => {
  await using s3 = await S3Server.start();
  s3.bucket("models");
  const fake = await FakeCluster.start();
  await using _ = { [Symbol.asyncDispose]: () => fake.stop() };
  await connect(page, s3);
  await page.goto(new URL("/deploy", page.url()).href);
  await addCluster(page, played(fake, ""));
  const section = page.getByRole("region", { name: "Apply to a cluster" });
  const apply = section.getByRole("button", { name: "Apply", exact: true });

  const path = "spec.predictor.minReplicas";
  fake.interrupt = ({ method, path: asked }) =>
    method === "PATCH" && asked.includes("/inferenceservices/")
      ? status(422, `InferenceService is invalid: ${path}`, {
          causes: [{ field: path, message: "the project allows no replica at rest" }],
        })
      : undefined;
  await section.getByRole("button", { name: "Dry run" }).click();
  await expect(section.getByText(/Correct what the cluster refuses/)).toBeVisible();
  await expect(apply).toBeDisabled();
  const form = page.getByRole("form", { name: "Model deployment" });
  const fault = form.getByText("the project allows no replica at rest");
  await expect(fault).toBeVisible();
  await form.getByRole("textbox", { name: "Maximum replicas" }).fill("2");
  await expect(fault).toBeHidden();

  let forced = 0;
  fake.interrupt = ({ method, path: asked, query }) => {
    if (method !== "PATCH" || !asked.includes("/inferenceservices/")) return undefined;
    if (query.get("force") === "true") {
      forced += 1;
      return undefined;
    }
    const message = `conflict with "kubectl-edit" using serving.kserve.io/v1beta1`;
    const cause = { reason: "FieldManagerConflict", message, field: ".spec.predictor.minReplicas" };
    return status(409, "Apply failed with 1 conflict", { causes: [cause] });
  };
  await section.getByRole("button", { name: "Dry run" }).click();
  await expect(section.getByText(/was set by kubectl-edit/)).toBeVisible();
  await expect(apply).toBeDisabled();
  await section.getByText("Overwrite fields that others have set").click();
  await expect(apply).toBeDisabled();
  expect(forced).toBe(0);
  await section.getByRole("button", { name: "Dry run" }).click();
  await expect(apply).toBeEnabled();
});
