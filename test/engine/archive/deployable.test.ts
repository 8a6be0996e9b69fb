import { expect, test } from "vitest";
import type { ConfigProperties } from "../../../engine/archive/config-properties.ts";
import { deploymentChecks } from "../../../engine/archive/deployable.ts";
import type { Deployment } from "../../../engine/archive/deployment.ts";
import { configOf, NOTEBOOK_FORM, type ServingForm } from "../../../engine/archive/serving-form.ts";
import {
  DEPLOYMENT_CHECKS,
  manifestSchema,
  type Manifest,
} from "../../../engine/contract/archives.ts";

const HANDLER = "stable_diffusion_handler.py";

function manifest(model: object = {}, rest: object = {}): Manifest {
  const own = { modelName: "sd", modelVersion: "1.0", handler: HANDLER, ...model };
  return manifestSchema.parse({ runtime: "python", model: own, ...rest });
}

function member(
  path: string,
  trouble?: "descriptor" | "backslashes",
): Deployment["members"][number] {
  return { path, sizeBytes: 1, packedBytes: 1, trouble };
}

const MEMBERS = [member("model.zip"), member(HANDLER), member("requirements.txt")];
/** The notebook's config.properties with another model and a timeout that a route allows. */
function served(change: Partial<ServingForm> = {}): ConfigProperties {
  const own = {
    name: "sd",
    marName: "sd.mar",
    responseTimeout: 25,
    maxResponseSize: 40_000_000,
    ...change,
  };
  return configOf({ ...NOTEBOOK_FORM, ...own });
}

/** A deployment without problems. */
const SOUND: Deployment = {
  fileName: "sd.mar",
  manifest: manifest({ requirementsFile: "requirements.txt" }),
  members: MEMBERS,
  model: { zip: "model.zip" },
  requirements: "# pinned\norjson==3.11.0\ntorch @ https://host/torch.whl\n--no-deps\n",
  picture: { width: 768, height: 768 },
  memory: { neededBytes: 1.9e9, limitGib: 2 },
  config: served(),
};

test("a valid archive with its config.properties passes in every line", () => {
  const checks = deploymentChecks(SOUND);
  // The first three concern a bucket; half precision is checked by drawing.
  expect(checks.map(({ name }) => name)).toEqual(DEPLOYMENT_CHECKS.slice(3, -1));
  expect(checks.map(({ outcome }) => outcome)).toEqual(checks.map(() => "ok"));
});

test.each<[string, Partial<Deployment>, string, string]>([
  [
    "what the manifest names is absent",
    { manifest: manifest({ serializedFile: "sd.pt", requirementsFile: "requirements.txt" }) },
    "failed manifest",
    "The manifest names sd.pt, which the archive lacks.",
  ],
  [
    "no version",
    {
      manifest: manifest({ modelVersion: null, requirementsFile: "requirements.txt" }),
      config: undefined,
    },
    "failed manifest",
    "The manifest gives the model no version, and TorchServe refuses it.",
  ],
  [
    "neither name nor version",
    { manifest: manifest({ modelVersion: null, modelName: null }), config: undefined },
    "failed manifest",
    "The manifest gives the model no name and no version, and TorchServe refuses it.",
  ],
  [
    "another runtime",
    { manifest: manifest({ requirementsFile: "requirements.txt" }, { runtime: "java" }) },
    "failed manifest",
    "The manifest asks for the runtime java, which TorchServe does not know.",
  ],
  [
    "a file of another name",
    { fileName: "other.mar", config: undefined },
    "warning names",
    "The file is called other and the model sd.",
  ],
  [
    "a config for another archive",
    { fileName: "other.mar" },
    "failed names",
    "config.properties does not fit: No model of model_snapshot has the marName other.mar.",
  ],
  [
    "another version in the config",
    { config: served({ version: "2.0" }) },
    "failed names",
    'config.properties does not fit: sd has version 2.0 here and "1.0" in the manifest.',
  ],
  [
    "another name in the config",
    { config: served({ name: "stable" }) },
    "failed names",
    'config.properties does not fit: The model is called stable here and "sd" in the manifest.',
  ],
  [
    "no handler named",
    { manifest: manifest({ handler: null, requirementsFile: "requirements.txt" }) },
    "failed handler",
    "The manifest names no handler.",
  ],
  [
    "a handler that is not there",
    { manifest: manifest({ handler: "gone:handle", requirementsFile: "requirements.txt" }) },
    "failed handler",
    "The handler gone is not in the archive.",
  ],
  [
    "a handler of TorchServe's own",
    { manifest: manifest({ handler: "image_classifier", requirementsFile: "requirements.txt" }) },
    "failed handler",
    "image_classifier is a handler of TorchServe's own, and it does not draw.",
  ],
  [
    "no requirements",
    { manifest: manifest() },
    "warning requirements",
    "There is no requirements file, so the server's image must have all that the handler imports.",
  ],
  [
    "requirements that are ignored",
    { config: served().with("install_py_dep_per_model", "false") },
    "warning requirements",
    "TorchServe ignores requirements.txt, since config.properties does not say to install it.",
  ],
  [
    "requirements without versions",
    { requirements: "diffusers\ntorch>=2 # newer\norjson==3" },
    "warning requirements",
    "diffusers, torch have no version, so each start may install another.",
  ],
  ["no model", { model: { problem: "No model." } }, "failed layout", "No model."],
  [
    "the model's folders as they are",
    { model: {} },
    "warning layout",
    "The model's folders lie in the archive itself, not in model.zip.",
  ],
  [
    "a size behind the content",
    { members: [...MEMBERS, member("a.txt", "descriptor")] },
    "failed packing",
    "a.txt is stored without its size in front, and TorchServe cannot read past it.",
  ],
  [
    "backslashes",
    { members: [...MEMBERS, member("a/b.txt", "backslashes")] },
    "failed packing",
    "a/b.txt has backslashes in its name, and TorchServe finds no folder there.",
  ],
  [
    "replies beyond the limit",
    { config: served({ maxResponseSize: 8_000_000 }) },
    "failed response-size",
    "A picture of 768x768 takes up to 8259275 bytes as JSON, more than its max_response_size of 8000000.",
  ],
  [
    "replies of four pictures, by the notebook's limit",
    { config: served({ maxResponseSize: 30_000_000 }) },
    "warning response-size",
    "A picture of 768x768 takes up to 8259275 bytes as JSON: 4 at once take 33036500, and an answer of more than 30000000 ends the worker.",
  ],
  [
    "a timeout beyond a route's",
    { config: served({ responseTimeout: 300 }) },
    "warning timeouts",
    "TorchServe waits 300 s for a picture, but an OpenShift route ends a request after 30 s unless told otherwise.",
  ],
  [
    "a timeout beyond KServe's",
    { config: served({ responseTimeout: 900 }) },
    "warning timeouts",
    "TorchServe waits 900 s for a picture, but KServe asks it for 600 s at most.",
  ],
  [
    "more memory than the document's limit",
    { memory: { neededBytes: 2.58e9, limitGib: 3 } },
    "warning memory",
    "A picture of 768x768 takes Darkroom up to 2.6 GB without a GPU by Balanced or Fast, which a memory limit of 2Gi does not leave.",
  ],
])("%s", (_, change, kind, found) => {
  const checks = deploymentChecks({ ...SOUND, ...change });
  const [outcome = "", name] = kind.split(" ");
  const check = checks.find((one) => one.name === name);
  expect(check).toMatchObject({ outcome, found });
  expect(check?.advice).toMatch(/^[A-Z].*\.$/s);
});

test("without a config.properties, TorchServe's own limits apply", () => {
  const checks = deploymentChecks({ ...SOUND, config: undefined });
  expect(checks.filter(({ outcome }) => outcome !== "ok").map(({ name }) => name)).toEqual([
    "response-size",
    "timeouts",
  ]);
  const small = deploymentChecks({
    ...SOUND,
    config: undefined,
    picture: { width: 128, height: 128 },
  });
  expect(small.find(({ name }) => name === "response-size")?.outcome).toBe("ok");
});
