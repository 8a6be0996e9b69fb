import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { configOf, NOTEBOOK_FORM } from "../../engine/archive/serving-form.ts";
import type { Finding } from "../../engine/contract/doctor.ts";
import { certificate } from "../fakes/certificates.ts";
import { darkroom } from "../fakes/command-line.ts";
import { connectProxy } from "../fakes/connect-proxy.ts";
import { added, openEndpoints } from "../fakes/open-endpoints.ts";
import { StartedTorchServe } from "../fakes/started-torchserve.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { tlsTerminator } from "../fakes/tls-terminator.ts";

/** The container's own arguments from the ServingRuntime, except for the folders. */
const ARGS = ["--start", "--foreground", "--disable-token-auth", "--enable-model-api"];
const HOST = "kt2-sd-proj.apps.example.com";

test("our runtime as its container starts it, over TLS with a private CA and through a proxy: the doctor finds nothing, and draws", async () => {
  const folder = temporaryFolder();
  const store = join(folder, "model-store");
  mkdirSync(store);
  const archive = join(folder, "stable-diffusion.mar");
  const packed = ["archive", "pack", "starter", "--form", "notebook", "--name", "stable-diffusion"];
  const { code, err } = await darkroom([...packed, "--out", archive, "--data-dir", folder]);
  expect([code, err]).toEqual([0, expect.anything()]);
  copyFileSync(archive, join(store, "stable-diffusion.mar"));
  const server = await StartedTorchServe.start(configOf(NOTEBOOK_FORM), {
    folder,
    args: [...ARGS, `--model-store=${store}`],
    env: { PROTOCOL_VERSION: "v2", TS_SERVICE_ENVELOPE: "<no value>" },
  });
  const authority = await certificate({ name: "a cluster's CA", hosts: [], isAuthority: true });
  const router = await certificate({ name: "a router", hosts: [HOST], by: authority });
  const terminator = await tlsTerminator(server.address("KServe"), router);
  const port = Number(new URL(terminator).port);
  const proxy = await connectProxy({ hosts: { [`${HOST}:443`]: port } });
  for (const name of ["https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv("HTTPS_PROXY", proxy.url);
  onTestFinished(() => void vi.unstubAllEnvs());

  const timing = { connectMs: 10_000, idleMs: 60_000, bodyMs: 300_000 };
  const { endpoints } = await openEndpoints({ timing });
  const { id } = await endpoints.add(
    added(`https://${HOST}`, { ca: authority.cert, startSeconds: 120 }),
  );
  const found: Finding[] = [];
  const asked = { id, isPictureAsked: true, isStartAwaited: true };
  for await (const finding of endpoints.diagnose(asked, new AbortController().signal)) {
    if (finding.outcome !== "running") found.push(finding);
  }
  const told = found.map(({ step, outcome, seen }) => [step, outcome, seen]);
  expect(told.filter(([, outcome]) => outcome !== "ok")).toEqual([
    ["dns", "skipped", "The proxy looks the name up"],
    ["tcp", "skipped", `The proxy connects to ${HOST}, port 443`],
  ]);
  expect(found.at(-1)).toMatchObject({
    step: "picture",
    seen: expect.stringMatching(/^\d+x\d+ in/),
  });
  expect(endpoints.get(id)).toMatchObject({ model: "stable-diffusion", check: { state: "ready" } });
  expect(proxy.seen()).not.toContain("a red house");
}, 300_000);
