import { join, resolve } from "node:path";
import { Command } from "commander";
import {
  administratorsFile,
  DEPLOY_DEFAULTS,
  DEPLOY_MODES,
  DEPLOY_RUNTIMES,
  RUNTIME_SCOPES,
  type DeployDraft,
  deployDraftSchema,
  type DeployFile,
  type DeployManifests,
} from "../contract/deploy.ts";
import { fromWire } from "../contract/errors.ts";
import { applyCommand } from "./apply-deployment.ts";
import { placeIn } from "./bucket-place.ts";
import { deploymentCommands } from "./deployments.ts";
import { note, printJson } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

/** `deploy`: everything a cluster needs to serve a published model. */
export function deployCommand(): Command {
  const command = new Command("deploy").description(
    "Deploys a published model on OpenShift AI with KServe.",
  );
  for (const one of [manifests(), applyCommand(), ...deploymentCommands()]) command.addCommand(one);
  return command;
}

/** Fields of the form with a flag, its help, and its value's name in the help. */
const FLAGS = [
  ["namespace", "namespace <ns>", "the project"],
  ["mode", "mode <mode>", `as KServe runs it: ${DEPLOY_MODES.join(" or ")}`],
  ["runtime", "runtime <name>", `what serves the model: ${DEPLOY_RUNTIMES.join(" or ")}`],
  [
    "runtimeScope",
    "runtime-scope <scope>",
    `who can use Darkroom's runtime: ${RUNTIME_SCOPES.join(" or ")}`,
  ],
  [
    "kserve",
    "kserve <version>",
    "the cluster's KServe version: 0.12 (for 0.12 to 0.14) or 0.15 (for 0.15 and later)",
  ],
  ["image", "image <image>", "the runtime's container image"],
  ["cpuRequest", "cpu-request <n>", "CPU request"],
  ["cpuLimit", "cpu-limit <n>", "CPU limit"],
  ["memoryRequest", "memory-request <size>", "memory request"],
  ["memoryLimit", "memory-limit <size>", "memory limit"],
  ["gpus", "gpus <n>", "NVIDIA GPUs of each replica"],
  ["minReplicas", "min-replicas <n>", "replicas that always run"],
  ["maxReplicas", "max-replicas <n>", "replicas at most"],
  ["timeoutSeconds", "timeout-seconds <n>", "how long a request may take"],
  ["tokenName", "token-name <name>", "name of the token that clients need"],
] as const;
type FlagName = (typeof FLAGS)[number][0];

interface ManifestsFlags extends StudioFlags, Partial<Record<FlagName, string>> {
  readonly name: string;
  readonly out: string;
  readonly token: boolean;
  readonly connectionSecret?: string;
  readonly writeConnection: boolean;
  readonly annotation?: readonly string[];
  readonly withKeys?: boolean;
  readonly force?: boolean;
}

function manifests(): Command {
  const command = studioCommand(
    "manifests",
    "Writes what a cluster needs to serve a model, as YAML.",
  )
    .argument("<place>", "CONNECTION/PREFIX that the model was published to")
    .requiredOption("--name <name>", "name of the model deployment")
    .requiredOption("--out <dir>", "folder for the files; - prints them");
  for (const [field, flag, meaning] of FLAGS) {
    command.option(`--${flag}`, `${meaning} (default: ${DEPLOY_DEFAULTS[field]})`);
  }
  return command
    .option("--no-token", "allow everyone who can reach the route")
    .option(
      "--connection-secret <name>",
      "name of the connection's Secret in the project (default: made from the connection's name)",
    )
    .option("--no-write-connection", "the project has the connection already")
    .option("--annotation <key: value>", "a further annotation; may be repeated", collected)
    .option("--with-keys", "write the connection's keys into its Secret, which only you can read")
    .option("--force", "replace files that exist")
    .action((place: string, flags: ManifestsFlags) =>
      withStudio(flags.dataDir, async ({ client }) => {
        const { key: path, ...bucket } = await placeIn(client, place);
        const draft = draftOf({ ...bucket, path }, flags);
        if (flags.out === "-") return print(await client.deploy.manifests(draft), flags);
        const { withKeys = false, force = false } = flags;
        const target = { folder: resolve(flags.out), withKeys, force };
        const { paths, ...written } = await client.deploy.save({ ...draft, ...target });
        tellDifferences(written.files, flags);
        tellRest(written, flags, paths);
      }),
    );
}

function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function draftOf(
  place: Pick<DeployDraft, "connectionId" | "bucket" | "path">,
  flags: ManifestsFlags,
): DeployDraft {
  const given = FLAGS.flatMap(([field]) => {
    const value = flags[field];
    return value === undefined ? [] : [[field, value] as const];
  });
  const { name, token, connectionSecret, writeConnection, annotation = [] } = flags;
  return deployDraftSchema.parse({
    ...place,
    name,
    ...Object.fromEntries(given),
    hasToken: token,
    writesConnection: writeConnection,
    ...(connectionSecret !== undefined && { connectionSecret }),
    annotations: annotation.join("\n"),
  });
}

/** Prints the YAML as one stream of documents; the Containerfile is only written to a file. */
function print(deployed: DeployManifests, flags: ManifestsFlags): void {
  const [fault] = deployed.faults;
  if (fault !== undefined) throw fromWire(fault.error);
  if (flags.json === true) {
    for (const { name, kinds, text } of deployed.files)
      printJson({ type: "file", name, kinds, text });
  } else {
    const texts = deployed.files
      .filter(({ name }) => name.endsWith(".yaml"))
      .map(({ text }) => text);
    process.stdout.write(texts.join("---\n"));
  }
  tellDifferences(deployed.files, flags);
  tellRest(deployed, flags, []);
}

function tellDifferences(files: readonly DeployFile[], { json }: ManifestsFlags): void {
  for (const { name, theirs, differences } of files) {
    for (const { path, reason, theirs: before, ours } of differences) {
      const line = { file: name, of: theirs?.of, path, theirs: before, ours, reason };
      if (json === true) printJson({ type: "difference", ...line });
      else note(`${name}: ${path}\n    ${reason}`);
    }
  }
}

function tellRest(
  { files, notes, commands }: Pick<DeployManifests, "files" | "notes" | "commands">,
  { json, out }: ManifestsFlags,
  paths: readonly string[],
): void {
  const first = out === "-" ? undefined : administratorsFile(files);
  const applyFirst = first && `oc apply -f ${quoted(join(out, first))}`;
  const apply = out === "-" ? "oc apply -f -" : `oc apply -f ${quoted(out)}`;
  if (json === true) {
    for (const text of notes) printJson({ type: "note", text });
    printJson({ type: "done", paths, build: commands.build, applyFirst, apply });
    return;
  }
  for (const text of notes) note(`Note: ${text}`);
  for (const path of paths) process.stdout.write(`${path}\n`);
  if (applyFirst !== undefined) note(`A cluster administrator applies first: ${applyFirst}`);
  note(`Apply with: ${apply}`);
}

/** Quotes a path as one word of a POSIX shell. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
