import { basename } from "node:path";
import { readFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import { DEVICE_NAMES, type DeviceName } from "../contract/devices.ts";
import { StudioError } from "../contract/errors.ts";
import { LOCAL_TARGET } from "../contract/generation.ts";
import type { Replay } from "../contract/recordings.ts";
import { systemCode } from "../files/system-error.ts";
import { drawHere } from "./draw-here.ts";
import { namedEndpoint } from "./named-endpoint.ts";
import { note } from "./outcome.ts";
import { checkFree } from "./picture-file.ts";
import { cancelOpen, follow, refusePaused, write } from "./query-endpoint.ts";
import { readPicture } from "./request-flags.ts";
import { type ReachedStudio, withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

interface ReplayFlags extends StudioFlags {
  readonly on: string;
  readonly model?: string;
  readonly device: DeviceName;
  readonly out?: string;
  readonly force?: boolean;
  readonly initImage?: string;
}

const MODEL_ELSEWHERE = "--model has no effect: the studio or the endpoint has its own.";

type Requests = Replay["requests"];

/** `replay`: draws a recorded request, here or at an endpoint. */
export function replayCommand(signal: AbortSignal): Command {
  return studioCommand("replay", "Draws a recorded request again, here or at an endpoint.")
    .argument(
      "<file>",
      "v2 JSON, a curl command, recorded Python, or a PNG that contains its settings",
    )
    .option("--on <target>", "local, or an endpoint by its id or name", LOCAL_TARGET)
    .option(
      "--model <folder|file.mar>",
      "used if this command draws without the studio; the starter by default",
    )
    .addOption(
      new Option("--device <name>", "used if this command draws without the studio")
        .choices(DEVICE_NAMES)
        .default("auto")
        .env("DARKROOM_DEVICE"),
    )
    .option(
      "--out <file.png|folder>",
      "where to write; by default a name made from prompt and seed",
    )
    .option("--force", "overwrite a file that exists")
    .option("--init-image <file>", "start image, instead of the recorded one")
    .action(async (path: string, flags: ReplayFlags) => {
      const file = await recordedFile(path);
      const open = new Set<string>();
      const left = await withStudio(
        flags.dataDir,
        (studio) => replay(studio, { file, flags, open }),
        {
          drawsAtEndpoints: true,
          beforeClose: ({ client }) => cancelOpen(client, [...open]),
        },
      );
      // No studio runs, so this command draws by itself, like `generate`.
      for (const one of left) await drawAlone(one, flags, signal);
    });
}

interface Asked {
  readonly file: File;
  readonly flags: ReplayFlags;
  /** Ids of generations that have not ended; they are cancelled when the command ends. */
  readonly open: Set<string>;
}

type StartImage = Awaited<ReturnType<typeof readPicture>>;

/** What is to be drawn without a studio. */
interface Left {
  readonly request: Requests[number];
  readonly initImage: StartImage | undefined;
}

/** Draws through a studio, and returns what is left for this command. */
async function replay(
  studio: ReachedStudio,
  { file, flags, open }: Asked,
): Promise<readonly Left[]> {
  const { client } = studio;
  const { on, out, force = false } = flags;
  const { requests: recorded } = await client.generation.readRecorded({ file });
  const { requests, initImage } = await withStart(studio, recorded, flags.initImage);
  const count = requests.reduce((sum, request) => sum + (request.count ?? 1), 0);
  await checkFree({ out, force, count });
  const isHere = on === LOCAL_TARGET;
  if (isHere && !studio.isRunning) {
    return Promise.all(
      requests.map(async (request) => ({
        request,
        initImage: initImage ?? (await keptStart(studio, request)),
      })),
    );
  }
  if (flags.model !== undefined) note(MODEL_ELSEWHERE);
  const target = isHere ? HERE : await namedEndpoint(client, on);
  await refusePaused(client);
  const asked = await enqueue(studio, requests, target.id);
  for (const { id } of asked) open.add(id);
  for (const [image, { id, prompt }] of asked.entries()) {
    const ended = await follow(studio, { id, at: target.name, isJson: flags.json === true });
    open.delete(id);
    await write(studio, ended, { image, prompt, flags: { ...flags, count } });
  }
  return [];
}

/** The requests with the given file as start image, which the studio stores. */
async function withStart({ client }: ReachedStudio, requests: Requests, path: string | undefined) {
  if (path === undefined) return { requests };
  const initImage = await readPicture(path);
  const file = new File([initImage.bytes], initImage.name);
  const { id } = await client.generation.addInitImage({ file });
  return { requests: requests.map((one) => ({ ...one, initImageId: id })), initImage };
}

/** The stored start image that a request names. Refuses as NOT_FOUND. */
async function keptStart(
  studio: ReachedStudio,
  { initImageId: id }: Requests[number],
): Promise<StartImage | undefined> {
  if (id === undefined) return undefined;
  const { address } = await studio.client.generation.getInitImage({ id });
  return { name: "the start image", bytes: new Uint8Array(await studio.picture(address)) };
}

const HERE = { id: LOCAL_TARGET, name: "This device" };

async function enqueue({ client, isRunning }: ReachedStudio, requests: Requests, target: string) {
  const asked: { readonly id: string; readonly prompt: string }[] = [];
  for (const request of requests) {
    // If no studio runs, nothing else in the queue is drawn.
    const where = { target, isFirst: !isRunning };
    const { generationIds } = await client.generation.enqueue({ ...request, ...where });
    for (const id of generationIds) asked.push({ id, prompt: request.prompt });
  }
  return asked;
}

/** Without a studio its models are unknown, so a recorded model name has no meaning. */
function drawAlone(
  { request: { model: _model, target: _target, ...request }, initImage }: Left,
  flags: ReplayFlags,
  signal: AbortSignal,
): Promise<void> {
  return drawHere(request, { ...flags, count: request.count ?? 1 }, { signal, initImage });
}

async function recordedFile(path: string): Promise<File> {
  try {
    return new File([await readFile(path)], basename(path));
  } catch (error) {
    const reason = systemCode(error) ?? "unreadable";
    throw new StudioError(
      "REQUEST_INVALID",
      { field: "The file", value: path, reason },
      { cause: error },
    );
  }
}
