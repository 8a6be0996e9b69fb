import type { Command } from "commander";
import type { DeployLogLine } from "../contract/deploy-states.ts";
import type { Deployment, RemovedObject } from "../contract/deployments.ts";
import {
  chosenCluster,
  clusterCommand,
  type ClusterFlags,
  placeOf,
  projectIn,
} from "./cluster-flags.ts";
import { note, printJson, printResult } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { number } from "./request-flags.ts";

/** The commands for a cluster's deployments. */
export function deploymentCommands(): readonly Command[] {
  return [list(), status(), logs(), scale(), redeploy(), remove()];
}

function list(): Command {
  return clusterCommand("list", "The model deployments of a project.").action(
    (flags: ClusterFlags) =>
      withStudio(flags.dataDir, async ({ client }) => {
        const cluster = await chosenCluster(client, flags);
        const namespace = projectIn(cluster, flags);
        const found = await client.deploy.list({ clusterId: cluster.id, namespace });
        for (const one of found)
          printResult(flags.json, { type: "deployment", ...one }, inWords(one));
        if (flags.json === true) printJson({ type: "done", count: found.length });
        else if (found.length === 0) note(`The project ${namespace} has no model deployments.`);
      }),
  );
}

function status(): Command {
  const words = "Shows what a deployment is waiting for, and its address.";
  return named("status", words, async ({ client }, place, flags) => {
    const found = await client.deploy.status(place);
    printResult(flags.json, { type: "deployment", ...found }, inWords(found));
    if (found.state.outlook === "trouble") process.exitCode = 1;
    if (flags.json === true) return;
    const { advice, said, lines } = found.state;
    if (advice !== undefined) note(advice);
    if (said !== undefined) note(`The cluster says: ${said}`);
    for (const line of lines) note(lineInWords(line));
  });
}

interface LogsFlags extends ClusterFlags {
  readonly lines: number;
}

function logs(): Command {
  return named<LogsFlags>(
    "logs",
    "The last lines of its containers' logs.",
    async ({ client }, place, flags) => {
      for (const line of await client.deploy.logs({ ...place, lines: flags.lines })) {
        printResult(flags.json, { type: "line", ...line }, lineInWords(line));
      }
    },
  ).option("--lines <n>", "of each container, up to 400", number, 100);
}

interface ScaleFlags extends ClusterFlags {
  readonly to: number;
}

function scale(): Command {
  return named<ScaleFlags>(
    "scale",
    "Sets how many replicas always run; 0 lets it stop.",
    async ({ client }, place, flags) => {
      const { notes } = await client.deploy.scale({ ...place, to: flags.to });
      if (flags.json === true) printJson({ type: "done", notes });
      for (const text of notes) if (flags.json !== true) note(text);
    },
  ).requiredOption("--to <n>", "replicas", number);
}

function redeploy(): Command {
  return named(
    "redeploy",
    "Starts it again: the archive is downloaded again.",
    async ({ client }, place, flags) => {
      await client.deploy.redeploy(place);
      if (flags.json === true) printJson({ type: "done" });
    },
  );
}

interface RemoveFlags extends ClusterFlags {
  readonly yes?: boolean;
}

function remove(): Command {
  return named<RemoveFlags>(
    "remove",
    "Shows what Darkroom applied for a deployment, and removes it with --yes.",
    async ({ client }, place, flags) => {
      const isDry = flags.yes !== true;
      const { objects } = await client.deploy.remove({ ...place, dryRun: isDry });
      for (const one of objects) {
        printResult(flags.json, { type: "object", ...one }, removedInWords(one, isDry));
      }
      if (flags.json === true) printJson({ type: "done", isRemoved: !isDry });
      else if (isDry) note("Nothing was removed. Add --yes to remove this.");
    },
  ).option("--yes", "remove it");
}

type Work<F> = (
  studio: { readonly client: Parameters<typeof placeOf>[0] },
  place: Awaited<ReturnType<typeof placeOf>>,
  flags: F,
) => Promise<void>;

/** A command about one deployment. */
function named<F extends ClusterFlags = ClusterFlags>(
  name: string,
  description: string,
  work: Work<F>,
): Command {
  return clusterCommand(name, description)
    .argument("<name>", "name of the model deployment")
    .action((wanted: string, flags: F) =>
      withStudio(flags.dataDir, async (studio) =>
        work(studio, await placeOf(studio.client, wanted, flags), flags),
      ),
    );
}

function inWords({ name, isOurs, mode, minReplicas, url, state }: Deployment): string {
  const by = isOurs ? "" : ", not applied by Darkroom";
  const address = url === undefined ? "" : `\n    ${url}`;
  return `${name} (${mode}, at least ${minReplicas}${by}): ${state.sentence}${address}`;
}

function lineInWords({ container, text, meaning }: DeployLogLine): string {
  return `${container}: ${text}${meaning === undefined ? "" : `\n    ${meaning}`}`;
}

function removedInWords({ kind, name, outcome, reason }: RemovedObject, isDry: boolean): string {
  const would = isDry && outcome === "removed" ? "would be removed" : outcome;
  return `${kind} ${name}: ${would}${reason === undefined ? "" : `. ${reason}`}`;
}
