import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import type {
  Applied,
  AppliedObject,
  Deployment,
  DeploymentPlace,
  WatchedDeployment,
} from "../contract/deployments.ts";
import { fromWire, StudioError } from "../contract/errors.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { systemCode } from "../files/system-error.ts";
import { chosenCluster, clusterCommand, type ClusterFlags } from "./cluster-flags.ts";
import { note, printJson, printResult } from "./outcome.ts";
import { query } from "./query-endpoint.ts";
import { type ReachedStudio, withStudio } from "./reach-studio.ts";
import { number } from "./request-flags.ts";

interface ApplyFlags extends ClusterFlags {
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly draw?: string;
  readonly wait: boolean;
  readonly timeout: number;
}

/** `deploy apply`: shows what would change, asks, applies, and follows it until the model answers. */
export function applyCommand(): Command {
  return clusterCommand("apply", "Applies a folder of manifests to a cluster, after asking.")
    .argument("<dir>", "folder that `deploy manifests --out` wrote")
    .option("--dry-run", "only show what would change")
    .option("--yes", "apply without asking")
    .option("--force", "overwrite fields that another client has set")
    .option("--no-wait", "do not wait until the model answers")
    .option("--timeout <minutes>", "how long to wait for it", number, 45)
    .option("--draw <prompt>", "generate one image once it is ready")
    .action(async (folder: string, flags: ApplyFlags) => {
      const yaml = await manifestsIn(folder);
      const open = new Set<string>();
      await withStudio(flags.dataDir, (studio) => applyAll(studio, { yaml, flags, open }), {
        drawsAtEndpoints: true,
        beforeClose: async ({ client }) => {
          if (open.size > 0) await client.generation.cancel({ ids: [...open] });
        },
      });
    });
}

interface Applying {
  readonly yaml: string;
  readonly flags: ApplyFlags;
  /** Ids of generations that have not ended. */
  readonly open: Set<string>;
}

async function applyAll(studio: ReachedStudio, { yaml, flags, open }: Applying): Promise<void> {
  const { client } = studio;
  const cluster = await chosenCluster(client, flags);
  const { force = false, dryRun: isDry = false, json: isJson = false } = flags;
  const source = { clusterId: cluster.id, yaml, force };
  const tried = await client.deploy.dryRun(source);
  note(`Cluster ${cluster.name}, ${cluster.address}:`);
  tellObjects(tried.objects, isJson, "would be");
  refuseUnsound(tried);
  if (isDry) return tellDone(isJson, { isApplied: false });
  if (flags.yes !== true && !(await isAgreed())) {
    note("Nothing was applied.");
    process.exitCode = 1;
    return;
  }
  const applied = await client.deploy.apply(source);
  tellObjects(applied.objects, isJson, "was");
  refuseUnsound(applied);
  const { place } = applied;
  if (place === undefined || !flags.wait) return tellDone(isJson, { isApplied: true });
  const endpointId = await untilReady(client, place, flags);
  if (!isJson) note("Ready; the endpoint was added.");
  if (flags.draw !== undefined) {
    const asked = { json: isJson, negative: "", count: 1 };
    await query(studio, { wanted: endpointId, prompt: flags.draw, flags: asked, open });
  }
  tellDone(isJson, { isApplied: true, endpointId });
}

/** The YAML files of a folder, in the order of their names. Refuses as REQUEST_INVALID. */
async function manifestsIn(folder: string): Promise<string> {
  try {
    const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).toSorted();
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    if (texts.length > 0) return texts.join("\n---\n");
  } catch (error) {
    const reason = systemCode(error);
    if (reason === undefined) throw error;
    throw notFolder(folder, reason);
  }
  throw notFolder(folder, "it holds no YAML files");
}

function notFolder(value: string, reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The folder of manifests", value, reason });
}

/** Asks at a terminal. If nobody can type, the answer is no. */
async function isAgreed(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    note("Add --yes to apply this without a question.");
    return false;
  }
  const input = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await input.question("Apply this? (yes/no) ")).trim());
  } finally {
    input.close();
  }
}

/** Prints what happens to each object; `verb` precedes the outcome. */
function tellObjects(objects: readonly AppliedObject[], isJson: boolean, verb: string): void {
  for (const object of objects) {
    const { kind, name, outcome, changes, warnings, conflicts, faults } = object;
    const isTold = outcome === "created" || outcome === "changed";
    const words = `${kind} ${name} ${isTold ? `${verb} ` : "is "}${outcome}`;
    printResult(isJson, { type: "object", ...object }, words);
    if (isJson) continue;
    for (const { path, before = "nothing", after = "nothing" } of changes) {
      note(`    ${path}: ${before} -> ${after}`);
    }
    for (const warning of warnings) note(`    Warning: ${warning}`);
    for (const { manager, path } of conflicts) note(`    ${manager} set ${path}`);
    for (const { path, reason } of faults) note(`    ${path}: ${reason}`);
  }
}

/** Throws the first refusal. */
function refuseUnsound({ objects }: Pick<Applied, "objects">): void {
  const error = objects.find(({ error: refused }) => refused !== undefined)?.error;
  if (error !== undefined) throw fromWire(error) ?? new Error(error.message);
}

function tellDone(isJson: boolean, line: object): void {
  if (isJson) printJson({ type: "done", ...line });
}

const MINUTE_MS = 60_000;

/** Follows a deployment until it is ready and its endpoint was added. Refuses as DEPLOYMENT_NOT_READY. */
async function untilReady(
  client: StudioClient,
  place: DeploymentPlace,
  { timeout, json: isJson = false }: ApplyFlags,
): Promise<string> {
  const late = AbortSignal.timeout(timeout * MINUTE_MS);
  let last = "the cluster has said nothing yet";
  try {
    for await (const told of await client.deploy.watch(place, { signal: late })) {
      if (isJson) printJson(told);
      if (told.type === "endpoint") return told.endpointId;
      const { sentence, advice = "" } = stateIn(told, place);
      if (sentence !== last && !isJson) note(`${sentence} ${advice}`.trim());
      last = sentence;
    }
  } catch (error) {
    if (!late.aborted) throw error;
  }
  throw new StudioError("DEPLOYMENT_NOT_READY", {
    name: place.name,
    waited: `${timeout} min`,
    reason: last.replace(/\.$/, ""),
  });
}

/** The state in an event; throws if the event ends the wait without one. */
function stateIn(
  told: Exclude<WatchedDeployment, { type: "endpoint" }>,
  { name }: DeploymentPlace,
): Deployment["state"] {
  if (told.type === "state") return told.deployment.state;
  if (told.type === "gone") throw new StudioError("NOT_FOUND", { what: "deployment", id: name });
  throw fromWire(told.error) ?? new Error(told.error.message);
}
