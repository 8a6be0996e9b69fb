import type { DeploymentCheck } from "../contract/archives.ts";
import { type Deployment, line } from "./deployment.ts";
import { checkMemory, checkResponseSize, checkTimeouts } from "./deployment-limits.ts";
import { absentFiles } from "./manifest.ts";
import { shown } from "./refusals.ts";
import { disagreements } from "./serving-form.ts";

const RUNTIMES: ReadonlySet<string> = new Set(["python", "python2", "python3", "LSP"]);
/** Handlers that ship with TorchServe; none of them draws. */
const OWN_HANDLERS: ReadonlySet<string> = new Set([
  "image_classifier",
  "image_segmenter",
  "object_detector",
  "text_classifier",
]);

/** The checklist "Deployable?": each line says what was found and, if there is a problem, what to do. */
export function deploymentChecks(deployment: Deployment): readonly DeploymentCheck[] {
  return [
    checkManifest(deployment),
    checkNames(deployment),
    checkHandler(deployment),
    checkRequirements(deployment),
    checkLayout(deployment),
    checkPacking(deployment),
    checkResponseSize(deployment),
    checkTimeouts(deployment),
    ...checkMemory(deployment),
  ];
}

function checkManifest({ manifest, members }: Deployment): DeploymentCheck {
  const tell = line("manifest");
  const absent = absentFiles(manifest, members);
  if (absent.length > 0) {
    const found = `The manifest names ${absent.map(shown).join(", ")}, which the archive lacks.`;
    return tell.failed(found, "Pack the archive again with every file that the manifest names.");
  }
  const { runtime, model } = manifest;
  const missing = [
    model.modelName === undefined ? ["name"] : [],
    model.modelVersion === undefined ? ["version"] : [],
  ].flat();
  if (missing.length > 0) {
    const found = `The manifest gives the model no ${missing.join(" and no ")}, and TorchServe refuses it.`;
    return tell.failed(found, "Pack it again with --model-name and --version.");
  }
  if (runtime !== undefined && !RUNTIMES.has(runtime)) {
    const found = `The manifest asks for the runtime ${shown(runtime)}, which TorchServe does not know.`;
    return tell.failed(found, "Pack it again with --runtime python.");
  }
  return tell.ok(`Model ${model.modelName ?? ""}, version ${model.modelVersion ?? ""}.`);
}

function checkNames({ fileName, manifest, config }: Deployment): DeploymentCheck {
  const tell = line("names");
  const { modelName = "" } = manifest.model;
  const wrong =
    config === undefined ? [] : disagreements(config, { marName: fileName, model: manifest.model });
  if (wrong.length > 0) {
    const advice = "Make config.properties again, or write the manifest's name and version there.";
    return tell.failed(`config.properties does not fit: ${wrong.join(" ")}`, advice);
  }
  const stem = fileName.replace(/\.(mar|tar\.gz|tgz)$/i, "");
  if (stem === modelName) return tell.ok(`File, manifest and model are called ${shown(stem)}.`);
  const found = `The file is called ${shown(stem)} and the model ${shown(modelName)}.`;
  return tell.warning(found, "Give both the same name: config.properties has to name each.");
}

function checkHandler({ manifest, members }: Deployment): DeploymentCheck {
  const tell = line("handler");
  const [handler = ""] = (manifest.model.handler ?? "").split(":");
  const file = handler.split(/[/\\]/).at(-1) ?? "";
  if (file === "") {
    const found = "The manifest names no handler.";
    return tell.failed(found, "Pack it again with --handler stable_diffusion_handler.py.");
  }
  if (OWN_HANDLERS.has(file)) {
    const found = `${file} is a handler of TorchServe's own, and it does not draw.`;
    return tell.failed(found, "Pack it again with a handler for Stable Diffusion.");
  }
  const isThere = members.some(({ path }) => path === file || path === `${file}.py`);
  if (isThere) return tell.ok(`${shown(file)} is there. It is code, and Darkroom never runs it.`);
  const found = `The handler ${shown(file)} is not in the archive.`;
  return tell.failed(found, "Pack it again with --handler and the handler's file.");
}

function checkRequirements(deployment: Deployment): DeploymentCheck {
  const tell = line("requirements");
  const { manifest, config, requirements } = deployment;
  const { requirementsFile } = manifest.model;
  if (requirementsFile === undefined) {
    const found =
      "There is no requirements file, so the server's image must have all that the handler imports.";
    return tell.warning(found, "Pack it with --requirements-file, or use an image with diffusers.");
  }
  if (config !== undefined && config.get("install_py_dep_per_model") !== "true") {
    const found = `TorchServe ignores ${shown(requirementsFile)}, since config.properties does not say to install it.`;
    return tell.warning(found, "Set install_py_dep_per_model=true.");
  }
  const loose = looseRequirements(requirements ?? "");
  if (loose.length > 0) {
    const found = `${loose.slice(0, 3).map(shown).join(", ")} ${loose.length === 1 ? "has" : "have"} no version, so each start may install another.`;
    return tell.warning(found, "Name each version with ==.");
  }
  const when = config === undefined ? "if config.properties says so" : "while it loads the model";
  const found = `${shown(requirementsFile)} is there. TorchServe installs it ${when}.`;
  return tell.ok(found);
}

/** Packages without an exact version. */
function looseRequirements(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((row) => row.replace(/(^|\s)#.*$/, "").trim())
    .filter((row) => row !== "" && !row.startsWith("-") && !/===?|\s@\s|:\/\//.test(row))
    .map((row) => row.split(/[\s;<>~!]/)[0] ?? row);
}

function checkLayout({ model }: Deployment): DeploymentCheck {
  const tell = line("layout");
  if ("problem" in model) {
    return tell.failed(
      model.problem,
      "Pack the model's folder as model.zip, as the notebook does.",
    );
  }
  if (model.zip !== undefined) return tell.ok(`The model is in ${shown(model.zip)}.`);
  const found = "The model's folders lie in the archive itself, not in model.zip.";
  return tell.warning(found, "Make sure that the handler looks for them there.");
}

function checkPacking({ members }: Deployment): DeploymentCheck {
  const tell = line("packing");
  const bad = members.find(({ trouble }) => trouble !== undefined);
  if (bad === undefined) {
    const found = "Every file is packed in a form that TorchServe can read.";
    return tell.ok(`${found} The contents are not checked here, but on import.`);
  }
  const why =
    bad.trouble === "backslashes"
      ? "has backslashes in its name, and TorchServe finds no folder there"
      : "is stored without its size in front, and TorchServe cannot read past it";
  return tell.failed(
    `${shown(bad.path)} ${why}.`,
    "Make the archive again with torch-model-archiver or Darkroom.",
  );
}
