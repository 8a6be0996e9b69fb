import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { Endpoint } from "../contract/endpoints.ts";
import { fromWire, StudioError } from "../contract/errors.ts";
import type { Order } from "../contract/order.ts";
import type { Generation } from "../contract/generation.ts";
import { stageWords, startingWords } from "../contract/progress.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { namedEndpoint } from "./named-endpoint.ts";
import { newsLine, note, printJson, progressLine } from "./outcome.ts";
import { checkFree, writePicture } from "./picture-file.ts";
import { withStudio, type ReachedStudio } from "./reach-studio.ts";
import { requestOf, withPictureFlags, type RequestFlags } from "./request-flags.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

type QueryFlags = StudioFlags & RequestFlags & { readonly out?: string; readonly force?: boolean };

const PERIOD_MS = 200;

/**
 * `endpoints query`: requests pictures from an endpoint and writes PNG files. It uses the queue, of the running studio
 * if there is one: the token never leaves it, an endpoint gets one request at a time, and the gallery has the picture
 * as well.
 */
export function queryCommand(): Command {
  const command = studioCommand("query", "Draws pictures on an endpoint and writes them as PNG.")
    .argument("<id|name>", "the endpoint's ID or name")
    .argument("<prompt>", "what to draw")
    .option(
      "--out <file.png|folder>",
      "where to write; by default a name made from prompt and seed",
    )
    .option("--force", "overwrite a file that exists");
  return withPictureFlags(command).action(
    async (wanted: string, prompt: string, flags: QueryFlags) => {
      await checkFree({ out: flags.out, force: flags.force ?? false, count: flags.count });
      const open = new Set<string>();
      await withStudio(flags.dataDir, (studio) => query(studio, { wanted, prompt, flags, open }), {
        drawsAtEndpoints: true,
        beforeClose: ({ client }) => cancelOpen(client, [...open]),
      });
    },
  );
}

/** Cancels what a command leaves behind, and says where a server may continue to work on it. */
export async function cancelOpen(
  { generation }: Pick<StudioClient, "generation">,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  const found = await Promise.allSettled(ids.map((id) => generation.get({ id })));
  await generation.cancel({ ids: [...ids] });
  const isOut = found.some((one) => "value" in one && one.value.progress?.isSent === true);
  if (isOut) {
    note("The request had been sent, so the endpoint's server may still be working on it.");
  }
}

interface Query {
  readonly wanted: string;
  readonly prompt: string;
  readonly flags: QueryFlags;
  /** Ids of generations that have not ended; they are cancelled when the command ends. */
  readonly open: Set<string>;
}

/** Draws at an endpoint, and writes the pictures. */
export async function query(studio: ReachedStudio, asked: Query): Promise<void> {
  const { wanted, prompt, flags, open } = asked;
  const { client } = studio;
  const endpoint = await namedEndpoint(client, wanted);
  await refusePaused(client);
  const { generationIds } = await client.generation.enqueue({
    ...requestOf(prompt, flags),
    target: endpoint.id,
    // If no studio runs, nothing else in the queue is drawn.
    isFirst: !studio.isRunning,
  });
  for (const id of generationIds) open.add(id);
  for (const [image, id] of generationIds.entries()) {
    if (image === 0) tellWhatIsNotSent(await client.generation.get({ id }), endpoint, flags);
    const ended = await follow(studio, { id, at: endpoint.name, isJson: flags.json === true });
    open.delete(id);
    await write(studio, ended, { image, prompt, flags });
  }
}

/** Refuses while the queue is paused. */
export async function refusePaused({ queue }: Pick<StudioClient, "queue">): Promise<void> {
  if (!(await queue.get()).isPaused) return;
  const state = "paused; resume it with `npm run darkroom -- queue resume`";
  throw new StudioError("STATE_CONFLICT", { what: "The queue", wanted: "used", state });
}

interface Following {
  readonly id: string;
  /** The display name of the target. */
  readonly at: string;
  readonly isJson: boolean;
}

/** Shows the elapsed time until it ends; throws its failure. */
export async function follow(
  { client }: ReachedStudio,
  { id, at, isJson }: Following,
): Promise<Generation> {
  const tell = progressTeller(at, isJson);
  for (;;) {
    const generation = await client.generation.get({ id });
    if (generation.state === "done") return generation;
    throwEnd(generation);
    tell(generation);
    await sleep(PERIOD_MS);
  }
}

/** Reports progress whenever it changes. */
function progressTeller(at: string, isJson: boolean): (generation: Generation) => void {
  let [last, phases] = ["", 0];
  return (generation) => {
    const { id, progress } = generation;
    const text = inWords(generation, at);
    const seen = progress?.starting?.phases.length ?? 0;
    if (text !== last && isJson && progress !== undefined) {
      printJson({ type: "progress", id, ...progress });
    } else if (text !== last && !isJson) (seen > phases ? newsLine : progressLine)(text);
    [last, phases] = [text, seen];
  };
}

/** Throws if it ended without a picture; does nothing while it is open. */
function throwEnd({ state, error }: Generation): void {
  if (state === "failed") throw (error && fromWire(error)) ?? new Error(error?.message);
  // For a cancelled one: a server may continue to work on it.
  if (error !== undefined) note(error.message);
  if (state === "cancelled") throw new DOMException("cancelled", "AbortError");
  if (state === "interrupted") throw new Error("the studio ended meanwhile");
}

interface Writing {
  readonly image: number;
  readonly prompt: string;
  readonly flags: Pick<QueryFlags, "out" | "count" | "force" | "json">;
}

/** Writes the picture of a finished generation, and prints its path. */
export async function write(
  studio: ReachedStudio,
  { imageId }: Generation,
  { image, prompt, flags }: Writing,
): Promise<void> {
  const { out, count, force = false, json } = flags;
  const { address, record, id, seconds } = await studio.client.gallery.get({ id: imageId ?? "" });
  const png = await studio.picture(address);
  const path = await writePicture(png, { out, prompt, seed: record.seed, image, count, force });
  if (json !== true) {
    const { load = 0, text = 0, denoise = 0, decode = 0 } = seconds ?? {};
    progressLine(`Drawn in ${(load + text + denoise + decode).toFixed(1)} s.`, true);
    process.stdout.write(`${path}\n`);
    return;
  }
  const { seed, width, height, device, precision, model, scheduler, steps, guidanceScale } = record;
  const told = { seed, width, height, device, precision, model, scheduler, steps };
  printJson({ type: "image", path, imageId: id, ...told, guidance: guidanceScale, seconds });
}

/** Flags and the order's settings that they set. */
const SENT_AS = [
  ["steps", "steps"],
  ["guidance", "guidanceScale"],
  ["seed", "seed"],
  ["scheduler", "scheduler"],
  ["precision", "precision"],
  ["preset", "preset"],
  ["guidanceInterval", "guidanceInterval"],
  ["cacheInterval", "cacheInterval"],
  ["decoder", "decoder"],
] as const satisfies readonly (readonly [keyof QueryFlags, keyof Order])[];

/** Says which settings were given but are the endpoint's own choice. */
function tellWhatIsNotSent({ order }: Generation, { name }: Endpoint, flags: QueryFlags): void {
  const left = [
    ...(flags.negative !== "" && order.negativePrompt === "" ? ["--negative"] : []),
    ...(flags.size !== undefined && order.isSizeOpen === true ? ["--size"] : []),
    ...SENT_AS.filter(
      ([flag, setting]) => flags[flag] !== undefined && order[setting] === undefined,
    ).map(([flag]) => `--${flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`),
  ];
  if (left.length > 0)
    note(`${name} does not accept these settings, so it was not sent ${left.join(", ")}.`);
}

function inWords({ state, progress }: Generation, name: string): string {
  if (state === "waiting") return `Waiting for ${name}`;
  if (progress?.starting !== undefined)
    return `Waiting for ${name} to start: ${startingWords(progress.starting)}`;
  if (progress?.stage !== "asking") return progress === undefined ? "Saving" : stageWords(progress);
  const { elapsedSeconds = 0, expectedSeconds, attempt } = progress;
  const expected =
    expectedSeconds === undefined ? "" : ` of about ${Math.round(expectedSeconds)} s`;
  const again = attempt === undefined ? "" : `, attempt ${attempt}`;
  return `Asking ${name}, ${Math.round(elapsedSeconds)} s${expected}${again}`;
}
