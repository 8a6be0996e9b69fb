import type { Command } from "commander";
import { StudioError } from "../contract/errors.ts";
import { batchOf, type Generation } from "../contract/generation.ts";
import { gridOf, type GridFlags, withGridFlags } from "./grid-flags.ts";
import { listingGroup } from "./listing-group.ts";
import { namedEndpoint } from "./named-endpoint.ts";
import { note, printResult } from "./outcome.ts";
import { cancelOpen } from "./query-endpoint.ts";
import { withStudio, type ReachedStudio } from "./reach-studio.ts";
import { readPicture, requestOf, withRequestFlags, type RequestFlags } from "./request-flags.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

/** `queue`: generations that wait to be drawn. */
export function queueCommand(): Command {
  return listingGroup("queue", list())
    .description("Shows and changes the queue: waiting, running and recently finished generations.")
    .addCommand(add())
    .addCommand(cancel())
    .addCommand(switching("pause", "Finishes the current picture and starts no other."))
    .addCommand(switching("resume", "Continues after `pause`."))
    .addCommand(retry())
    .addCommand(clear());
}

function list(): Command {
  return studioCommand(
    "list",
    "Lists open generations in order, then the latest finished ones.",
  ).action(({ dataDir, json }: StudioFlags) =>
    withStudio(dataDir, async ({ client }) => {
      const { isPaused, generations } = await client.queue.get();
      for (const generation of generations) {
        printResult(json, { type: "generation", ...generation }, inWords(generation));
      }
      if (isPaused) note("The queue is paused.");
    }),
  );
}

type AddFlags = StudioFlags &
  RequestFlags &
  GridFlags & { readonly model?: string; readonly endpoint?: string; readonly first?: boolean };

function add(): Command {
  const command = studioCommand("add", "Puts pictures into the queue and prints their ids.")
    .argument("<prompt>", "what to draw")
    .option("--model <id>", "a model of the store; the one chosen in settings by default")
    .option("--endpoint <id|name>", "draw on an inference endpoint instead of this computer")
    .option("--first", "in front of everything that is waiting");
  return withGridFlags(withRequestFlags(command)).action(
    async (prompt: string, flags: AddFlags) => {
      const grid = gridOf(flags);
      await withStudio(flags.dataDir, async (studio) => {
        const { generation } = studio.client;
        const { endpoint } = flags;
        const request = {
          ...requestOf(prompt, flags),
          styles: flags.style && [...flags.style],
          model: flags.model,
          target: endpoint && (await namedEndpoint(studio.client, endpoint)).id,
          isFirst: flags.first ?? false,
          initImageId: await sendInitImage(studio, flags.initImage),
        };
        const { generationIds } =
          grid === undefined
            ? await generation.enqueue(request)
            : await generation.enqueueGrid({ request, grid });
        for (const id of generationIds) {
          printResult(flags.json, { type: "generation", id, state: "waiting" }, id);
        }
        if (!studio.isRunning) note("No studio runs. They are drawn when one does.");
      });
    },
  );
}

async function sendInitImage(
  { client }: ReachedStudio,
  path: string | undefined,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const { name, bytes } = await readPicture(path);
  return (await client.generation.addInitImage({ file: new File([bytes], name) })).id;
}

function cancel(): Command {
  return studioCommand("cancel", "Ends open generations, the running one within two seconds.")
    .argument("[id...]", "ids of generations")
    .option("--running", "the generation that is being drawn")
    .option("--batch", "and those that were added together with them")
    .option("--all", "all that are open")
    .action((ids: string[], flags: CancelFlags) =>
      withStudio(flags.dataDir, async ({ client }) => {
        const { generations } = await client.queue.get();
        await cancelOpen(client, chosenFrom(generations, ids, flags));
      }),
    );
}

type CancelFlags = StudioFlags & {
  readonly running?: boolean;
  readonly batch?: boolean;
  readonly all?: boolean;
};

/** Ids that are not in the list are kept, so that they are refused. */
function chosenFrom(
  generations: readonly Generation[],
  ids: readonly string[],
  { running = false, batch = false, all = false }: CancelFlags,
): string[] {
  if (!running && !all && ids.length === 0) {
    const reason = "name some, or use --running or --all";
    throw new StudioError("REQUEST_INVALID", { field: "The ids", value: "left out", reason });
  }
  const open = generations.filter(({ state }) => state === "waiting" || state === "running");
  if (all) return open.map(({ id }) => id);
  const named = generations.filter(
    ({ id, state }) => ids.includes(id) || (running && state === "running"),
  );
  const batches = new Set(batch ? named.map(batchOf) : []);
  const together = open.filter((one) => batches.has(batchOf(one)));
  return [...new Set([...ids, ...[...named, ...together].map(({ id }) => id)])];
}

function switching(name: "pause" | "resume", description: string): Command {
  return studioCommand(name, description).action(({ dataDir }: StudioFlags) =>
    withStudio(dataDir, ({ client }) => client.queue[name]()),
  );
}

function retry(): Command {
  return studioCommand("retry", "Queues ended generations again, with their seeds.")
    .argument("<id...>", "ids of generations")
    .action((ids: string[], { dataDir }: StudioFlags) =>
      withStudio(dataDir, ({ client }) => client.generation.retry({ ids })),
    );
}

function clear(): Command {
  return studioCommand("clear", "Forgets generations that ended; their pictures stay.")
    .argument("[id...]", "ids of generations (default: all)")
    .action((ids: string[], { dataDir }: StudioFlags) =>
      withStudio(dataDir, ({ client }) => client.generation.prune(ids.length > 0 ? { ids } : {})),
    );
}

function inWords({ id, state, order, error }: Generation): string {
  const { width, height, steps, model, seed, prompt, isSizeOpen } = order;
  const what = [
    // What an endpoint decides is not known yet.
    ...(isSizeOpen === true ? [] : [`${width}x${height}`]),
    ...(steps === undefined ? [] : [`${steps} steps`]),
    model,
    ...(seed === undefined ? [] : [`seed ${seed}`]),
  ].join(", ");
  const why = error === undefined ? "" : `\n  ${error.message}`;
  return `${id}  ${state}  ${what}  ${JSON.stringify(prompt)}${why}`;
}
