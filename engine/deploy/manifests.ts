import { stringify } from "yaml";
import {
  administratorsFile,
  type DeployDraft,
  type DeployFile,
  type DeployForm,
  type DeployManifests,
} from "../contract/deploy.ts";
import {
  type ConnectionFacts,
  type ConnectionKeys,
  connectionSecret,
  tokenObjects,
} from "./access.ts";
import { buildCommands, containerfile } from "./containerfile.ts";
import { DARKROOM_REASONS, darkroomBuildCommands, darkroomRuntime } from "./darkroom-runtime.ts";
import { manifestDifferences, type Reasons } from "./differences.ts";
import { DOCUMENT_RUNTIME } from "./document.ts";
import { checkForm } from "./form.ts";
import { dashboardService, inferenceService, SERVICE_REASONS } from "./inference-service.ts";
import type { KubernetesObject } from "./kubernetes-object.ts";
import { deploymentNotes } from "./notes.ts";
import { RUNTIME_REASONS, servingRuntime } from "./serving-runtime.ts";

/**
 * Everything in a deployment as files in the order of applying. Their names start with a number, since `oc apply -f`
 * sorts them by name. Without keys the connection's Secret has placeholders.
 */
export function deploymentFiles(
  form: DeployForm,
  connection: ConnectionFacts,
  keys?: ConnectionKeys,
): DeployFile[] {
  const { tokenName, writesConnection } = form;
  const isDarkroom = form.runtime === "darkroom";
  const files = [
    ...(writesConnection
      ? [plainFile("connection", [connectionSecret(form, connection, keys)])]
      : []),
    ...(tokenName === undefined ? [] : [plainFile("token", tokenObjects(form, tokenName))]),
    comparedFile("serving-runtime", isDarkroom ? darkroomRuntime(form) : servingRuntime(form), {
      theirs: { of: "document", text: DOCUMENT_RUNTIME },
      reasons: isDarkroom ? DARKROOM_REASONS : RUNTIME_REASONS,
      form,
    }),
    comparedFile("inference-service", inferenceService(form), {
      theirs: { of: "dashboard", text: yamlOf([dashboardService(form)]) },
      reasons: SERVICE_REASONS,
      form,
    }),
  ];
  return [
    ...files.map((file, index) => ({ ...file, name: `${index + 1}-${file.name}.yaml` })),
    ...(isDarkroom ? [] : [containerfile(form)]),
  ];
}

/** The result of a draft: files, notes and terminal commands; or the fields to correct. */
export function deployment(
  draft: DeployDraft,
  connection: ConnectionFacts,
  keys?: ConnectionKeys,
): DeployManifests {
  const checked = checkForm(draft, connection.name);
  if ("faults" in checked) {
    return { ...checked, files: [], notes: [], commands: { build: [], apply: "" } };
  }
  const { form } = checked;
  const files = deploymentFiles(form, connection, keys);
  const first = administratorsFile(files);
  const build = form.runtime === "darkroom" ? darkroomBuildCommands(form) : buildCommands(form);
  return {
    faults: [],
    files,
    notes: deploymentNotes(form, connection),
    commands: {
      build,
      ...(first !== undefined && { applyFirst: `oc apply -f ${form.name}/${first}` }),
      apply: `oc apply -f ${form.name}/`,
    },
  };
}

function plainFile(name: string, objects: readonly KubernetesObject[]): DeployFile {
  const kinds = objects.map(({ kind }) => kind);
  return { name, kinds, text: yamlOf(objects), differences: [] };
}

interface Comparison {
  readonly theirs: NonNullable<DeployFile["theirs"]>;
  readonly reasons: Reasons<DeployForm>;
  readonly form: DeployForm;
}

function comparedFile(
  name: string,
  object: KubernetesObject,
  { theirs, reasons, form }: Comparison,
): DeployFile {
  const text = yamlOf([object]);
  const texts = { theirs: theirs.text, ours: text };
  const differences = [...manifestDifferences(texts, reasons, form)];
  return { name, kinds: [object.kind], text, theirs, differences };
}

/** Objects as YAML documents that are valid in 1.1 and 1.2: ambiguous values are quoted. */
function yamlOf(objects: readonly KubernetesObject[]): string {
  return objects
    .map((object) =>
      stringify(object, { lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" }),
    )
    .join("---\n");
}
