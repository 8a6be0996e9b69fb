import type { Page } from "@playwright/test";
import { stringify } from "yaml";
import { shareLink } from "../../engine/contract/share-link.ts";
import { FakeCluster } from "../fakes/fake-cluster.ts";
import { expect, test, TOKEN } from "./studio-test.ts";

const HOST = "kt2-sd-proj.apps.example.com";
const URL_OF = `https://${HOST}`;
const INFER = `${URL_OF}/v2/models/stable-diffusion/infer`;
const BODY = '{"inputs":[{"name":"input0","shape":[-1],"datatype":"BYTES","data":["a dog"]}]}';
const PROGRAM = `import os\n\nimport requests\n\nurl = "${INFER}"\nheaders = {\n    "Authorization": "Bearer " + os.environ["DARKROOM_TOKEN"],\n}\npayload = {\n  "inputs": []\n}\n`;

const SERVICE = {
  apiVersion: "serving.kserve.io/v1beta1",
  kind: "InferenceService",
  metadata: { name: "kt2", annotations: { "security.opendatahub.io/enable-auth": "true" } },
  spec: { predictor: {} },
  status: { url: URL_OF },
};

/** A kubeconfig of a project with one service, which its token opens. */
function kubeconfigOf({ address: server, token }: FakeCluster) {
  const cluster = { server, "insecure-skip-tls-verify": true };
  const text = stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "here",
    contexts: [{ name: "here", context: { cluster: "one", user: "me", namespace: "sd-proj" } }],
    clusters: [{ name: "one", cluster }],
    users: [{ name: "me", user: { token } }],
  });
  const said = `Found a kubeconfig for ${HOST}. Its token is filled in below.`;
  return { file: "kubeconfig", text, said, address: URL_OF };
}

/** What people have of an endpoint; what is said of it, and the address that it fills in. */
const FORMS = [
  { file: "token.cfg", text: `${TOKEN}\n`, said: /Found a token, filled in below/, address: "" },
  { file: "address.txt", text: INFER, said: `Found an address for ${HOST}.`, address: INFER },
  {
    file: "line.sh",
    text: `curl ${INFER} -H 'Authorization: Bearer ${TOKEN}' -d '${BODY}'`,
    said: `Found a curl command for ${HOST}. Its token is filled in below.`,
    address: INFER,
  },
  {
    file: "route.yaml",
    text: stringify({
      kind: "Route",
      metadata: { name: "kt2" },
      spec: { host: HOST, tls: { termination: "edge" } },
    }),
    said: `Found a Route for ${HOST}.`,
    address: URL_OF,
  },
  {
    file: "service.yaml",
    text: stringify(SERVICE),
    said: `Found an InferenceService for ${HOST}. It needs a token.`,
    address: URL_OF,
  },
  {
    file: "link.txt",
    text: shareLink({ url: URL_OF, name: "kt2", model: "stable-diffusion", profile: "full" }),
    said: `Found a share link for ${HOST}.`,
    address: URL_OF,
  },
  {
    file: "request.py",
    text: PROGRAM,
    said: `Found a recorded request for ${HOST}. It needs a token.`,
    address: INFER,
  },
  {
    file: "request.json",
    text: BODY,
    said: /It names no endpoint; drop it on Generate/,
    address: "",
  },
] as const;

interface Handed {
  readonly text: string;
  readonly file: string;
}

/** A paste or a drop of a text, in the form that the system sends. */
async function hand(page: Page, way: "paste" | "drop", { text, file }: Handed): Promise<void> {
  const name = way === "paste" ? "" : file;
  const selector = way === "paste" ? '[role="dialog"] textarea' : "main h1";
  const transfer = await page.evaluateHandle(
    ([content, fileName]) => {
      const given = new DataTransfer();
      if (fileName === "") given.setData("text/plain", content);
      else given.items.add(new File([content], fileName));
      return given;
    },
    [text, name] as const,
  );
  if (way === "paste") {
    await page.locator(selector).evaluate((element, clipboardData) => {
      element.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
      );
    }, transfer);
    return;
  }
  for (const type of ["dragenter", "dragover", "drop"])
    await page.dispatchEvent(selector, type, { dataTransfer: transfer });
}

test("whatever a person has of an endpoint is recognised, pasted and dropped alike", async ({
  studio: { page },
}) => {
  await using stack = new AsyncDisposableStack();
  const cluster = await FakeCluster.start();
  stack.defer(() => cluster.stop());
  const path = "/apis/serving.kserve.io/v1beta1/namespaces/sd-proj/inferenceservices/kt2";
  cluster.put(path, SERVICE);
  const dialog = page.getByRole("dialog");
  const address = dialog.getByRole("textbox", { name: "Address" });
  for (const form of [...FORMS, kubeconfigOf(cluster)]) {
    for (const way of ["paste", "drop"] as const) {
      await test.step(`${form.file}, by ${way}`, async () => {
        const path = way === "paste" ? "/endpoints?add" : "/endpoints";
        await page.goto(new URL(path, page.url()).href);
        if (way === "paste") {
          await expect(dialog.getByRole("textbox", { name: "Paste what you have" })).toBeVisible();
          await hand(page, way, form);
        } else {
          await expect(page.getByRole("heading", { name: "Endpoints" })).toBeVisible();
          await hand(page, way, form);
        }
        await expect(dialog.getByText(form.said)).toBeVisible();
        await expect(address).toHaveValue(form.address);
        // In its field alone, where it is hidden.
        await expect(page.locator("body")).not.toContainText(TOKEN);
      });
    }
  }
  await page.goto(new URL("/endpoints", page.url()).href);
  await expect(page.getByText("add a KServe endpoint by its address")).toBeVisible();
});
