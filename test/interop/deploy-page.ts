import { join } from "node:path";
import { chromium } from "@playwright/test";
import buildPages from "../e2e/build-pages.ts";
import { CHROMIUM_ARGS, chromiumPath } from "../e2e/chromium.ts";
import { deployInPage, NAME, type PlayedCluster, PROJECT, removeInPage } from "../e2e/deploying.ts";
import { HostProcess } from "../e2e/host-process.ts";
import { darkroom } from "../fakes/command-line.ts";
import { forkInferenceServer } from "../fakes/forked-inference-server.ts";
import { podAt, statusAt } from "../fakes/played-controllers.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import type { KubernetesApi } from "./kubernetes-api.ts";

const SERVICE = `/apis/serving.kserve.io/v1beta1/namespaces/${PROJECT}/inferenceservices/${NAME}`;
const PODS = `/api/v1/namespaces/${PROJECT}/pods`;

/** A real API server, with the test as its controllers and nodes; `url` is the address of a ready deployment. */
function played(api: KubernetesApi, url: string): PlayedCluster {
  const send = async (method: string, path: string, object: object, type?: string) => {
    const body = JSON.stringify(object);
    const reply = await api.ask(method, path, { body, ...(type !== undefined && { type }) });
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${String(reply.body["message"])}`);
  };
  const merge = (path: string, object: object) =>
    send("PATCH", path, object, "application/merge-patch+json");
  return {
    address: api.address,
    token: api.token,
    isInsecure: true,
    play: async (stage) => {
      const pod = podAt(stage, NAME, PROJECT);
      const place = `${PODS}/${pod.metadata.name}`;
      const { status } = await api.ask("GET", place);
      if (status === 404) await send("POST", PODS, pod);
      await merge(`${place}/status`, { status: pod.status });
      await merge(`${SERVICE}/status`, { status: statusAt(stage, url) });
    },
    giveToken: () => {
      const data = { token: Buffer.from("a-token").toString("base64") };
      return merge(`/api/v1/namespaces/${PROJECT}/secrets/default-name-${NAME}-sa`, { data });
    },
    hasService: async () => (await api.ask("GET", SERVICE)).status === 200,
  };
}

/** Deploys to a real API server in real Chromium, from the form to a picture, and removes it again. */
export async function deployThroughPage(api: KubernetesApi): Promise<void> {
  buildPages();
  const data = join(temporaryFolder(), "data");
  const env = { AWS_ACCESS_KEY_ID: "darkroom", AWS_SECRET_ACCESS_KEY: "darkroomsecret" };
  const bucket = ["--endpoint", "http://minio.sd-proj.svc:9000", "--bucket", "models"];
  await darkroom(["bucket", "connect", "minio", ...bucket, "--data-dir", data], { env });
  using server = await forkInferenceServer();
  const host = new HostProcess(["--data-dir", data, "--port", "0"], { DARKROOM_DEVICE: "cpu" });
  await host.start();
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? "",
    args: CHROMIUM_ARGS,
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(90_000);
    await page.goto(host.url);
    await page.getByRole("button", { name: "Skip" }).click();
    await page.goto(new URL("/deploy", host.url).href);
    const cluster = played(api, server.url);
    await deployInPage(page, cluster, async () => {});
    await removeInPage(page, cluster);
  } finally {
    await browser.close();
    await host.stop();
  }
}
