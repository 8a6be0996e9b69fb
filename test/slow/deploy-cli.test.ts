import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { darkroom, lines } from "../fakes/command-line.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const SECRET = "secret-canary-0b5d1f7c92ee";
const ENV = {
  DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere",
  AWS_ACCESS_KEY_ID: "access",
  AWS_SECRET_ACCESS_KEY: SECRET,
};

/** A data folder with a connection, and the command line on it. */
async function connected() {
  const data = temporaryFolder();
  const run = (...args: string[]) => darkroom([...args, "--data-dir", data], { env: ENV });
  const endpoint = ["--endpoint", "https://minio.sd-proj.example", "--bucket", "models"];
  const made = await run("bucket", "connect", "b", ...endpoint);
  expect([made.code, made.code === 0 ? "" : made.err]).toEqual([0, ""]);
  const manifests = (...args: string[]) => run("deploy", "manifests", ...args);
  return { data, manifests };
}

test("manifests are printed as one stream, the reasons beside them, and no key anywhere", async () => {
  const { manifests } = await connected();
  const { code, out, err } = await manifests("b/stable-diffusion", "--name", "kt2", "--out", "-");
  expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
  const kinds = parseAllDocuments(out).map((one) => (one.toJS() as { kind: string }).kind);
  expect(kinds).toEqual([
    "Secret",
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "Secret",
    "ServingRuntime",
    "InferenceService",
  ]);
  expect(err).toContain("spec.containers.kserve-container.env.TS_SERVICE_ENVELOPE");
  expect(err).toContain("oc apply -f -");
  expect(out + err).not.toContain(SECRET);
});

test("manifests are written into a folder, with the keys only on request", async () => {
  const { data, manifests } = await connected();
  const out = join(data, "kt2");
  const flags = ["b/sd2/", "--name", "kt2", "--mode", "raw", "--no-token", "--json"];
  const { code, out: said } = await manifests(...flags, "--out", out);
  expect(code).toBe(0);
  const told = lines(said);
  expect(told.at(-1)).toMatchObject({ type: "done", apply: `oc apply -f ${out}` });
  expect(told.filter(({ type }) => type === "difference").every(({ reason }) => reason)).toBe(true);
  expect(readdirSync(out).toSorted()).toEqual([
    "1-connection.yaml",
    "2-serving-runtime.yaml",
    "3-inference-service.yaml",
    "Containerfile",
  ]);
  const secret = () => readFileSync(join(out, "1-connection.yaml"), "utf8");
  expect(secret()).not.toContain(SECRET);
  const again = await manifests(...flags, "--out", out);
  expect([again.code, lines(again.out).at(-1)]).toMatchObject([1, { code: "OUTPUT_EXISTS" }]);
  const forced = await manifests(...flags, "--out", out, "--force", "--with-keys");
  expect(forced.code).toBe(0);
  expect(secret()).toContain(SECRET);
  expect(forced.out + forced.err).not.toContain(SECRET);
});

test("a runtime for the whole cluster comes with the command for its administrator", async () => {
  const { data, manifests } = await connected();
  const out = join(data, "kt2");
  const runtime = ["--runtime", "darkroom", "--runtime-scope", "cluster", "--image", "mine:1"];
  const { code, err } = await manifests("b/sd2/", "--name", "kt2", ...runtime, "--out", out);
  expect(code).toBe(0);
  const file = join(out, "3-serving-runtime.yaml");
  expect(readFileSync(file, "utf8")).toContain("kind: ClusterServingRuntime");
  expect(err).toContain(`A cluster administrator applies first: oc apply -f ${file}`);
});

test("an invalid field is refused, and nothing is written", async () => {
  const { data, manifests } = await connected();
  const out = join(data, "kt2");
  const { code, err } = await manifests("b/sd2", "--name", "KT_3", "--out", out);
  expect(code).toBe(2);
  expect(err).toContain("DEPLOY_NAME_INVALID");
  const unknownRuntime = ["--runtime", "triton", "--json"];
  const other = await manifests("b/sd2", "--name", "kt2", ...unknownRuntime, "--out", "-");
  expect([other.code, lines(other.out).at(-1)]).toMatchObject([
    2,
    { code: "DEPLOY_CHOICE_UNKNOWN" },
  ]);
  expect(readdirSync(data)).not.toContain("kt2");
});
