import { Command } from "commander";
import type { IncompleteUpload, ListPage } from "../contract/buckets.ts";
import { StudioError } from "../contract/errors.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { connectionCommands } from "./bucket-connections.ts";
import { transferCommands } from "./bucket-transfers.ts";
import { placeOf, shownKey, type Place } from "./bucket-place.ts";
import { note, printJson } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { publishCommand } from "./publish-model.ts";
import { serveBucketCommand } from "./serve-bucket.ts";
import { number } from "./request-flags.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

/** `bucket`: buckets of S3 services, by connections to them. A place in one is written CONNECTION/KEY. */
export function bucketCommand(signal: AbortSignal): Command {
  const command = new Command("bucket").description(
    "Buckets of S3 services; CONNECTION/KEY names a place in them.",
  );
  for (const one of [...connectionCommands(), ...transferCommands(signal)]) command.addCommand(one);
  return command
    .addCommand(create())
    .addCommand(ls())
    .addCommand(rm())
    .addCommand(link())
    .addCommand(incomplete())
    .addCommand(publishCommand(signal))
    .addCommand(serveBucketCommand(signal));
}

function create(): Command {
  return studioCommand("create", "Creates a bucket.")
    .argument("<connection>", "the connection whose keys are used")
    .argument("<bucket>", "its name: 3 to 63 lower-case letters, digits, hyphens and dots")
    .action((wanted: string, bucket: string, { dataDir, json }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const { connection } = await placeOf(client, wanted);
        await client.buckets.create({ connectionId: connection.id, bucket });
        if (json === true) printJson({ type: "done", bucket });
      }),
    );
}

interface ListFlags extends StudioFlags {
  readonly recursive?: boolean;
  readonly search?: string;
}

function ls(): Command {
  return studioCommand("ls", "Lists folders and objects, as `aws s3 ls` does.")
    .argument("<place>", "CONNECTION[/PREFIX]; a folder ends with a slash")
    .option("--recursive", "everything below, rather than folders")
    .option("--search <text>", "only keys that contain this, including folders below")
    .action((wanted: string, flags: ListFlags) =>
      withStudio(flags.dataDir, async ({ client }) => {
        const place = await placeOf(client, wanted);
        const { connection, bucket } = place;
        if (connection.bucket === null && bucket === undefined) {
          const names = await client.buckets.names({ id: connection.id });
          for (const name of names) tellBucket(name, flags);
          if (flags.json === true) printJson({ type: "done", count: names.length });
          return;
        }
        const count = await listAll(client, place, flags);
        if (flags.json === true) printJson({ type: "done", count });
        else if (count === 0) note("Nothing is there.");
      }),
    );
}

function tellBucket(name: string, { json }: StudioFlags): void {
  if (json === true) printJson({ type: "bucket", name });
  else process.stdout.write(`${name}\n`);
}

async function listAll(client: StudioClient, place: Place, flags: ListFlags): Promise<number> {
  const { recursive = false, search, json } = flags;
  let count = 0;
  let after: string | undefined;
  do {
    const query = { ...idsOf(place), prefix: place.key, isRecursive: recursive, search, after };
    const page: ListPage = await client.buckets.list(query);
    if (json === true) {
      for (const folder of page.folders) printJson({ type: "folder", ...folder });
      for (const object of page.objects) printJson({ type: "object", ...object });
    } else {
      process.stdout.write(pageInWords(page, recursive || search !== undefined ? "" : place.key));
    }
    count += page.folders.length + page.objects.length;
    ({ after } = page);
  } while (after !== undefined);
  return count;
}

/** Names relative to the requested folder; whole keys if folders are not shown. */
function pageInWords({ folders, objects }: ListPage, prefix: string): string {
  const from = prefix.lastIndexOf("/") + 1;
  const lines = [
    ...folders.map((folder) => `${"PRE".padStart(32)} ${shownKey(folder.prefix.slice(from))}`),
    ...objects.map(({ key, bytes, modifiedAt }) => {
      const at = (modifiedAt ?? "").replace("T", " ").slice(0, 19).padEnd(19);
      return `${at} ${String(bytes).padStart(12)} ${shownKey(key.slice(from))}`;
    }),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function rm(): Command {
  return studioCommand("rm", "Deletes an object, or a folder with everything in it.")
    .argument("<place>", "CONNECTION/KEY")
    .option("--recursive", "everything below the folder")
    .action((wanted: string, flags: StudioFlags & { readonly recursive?: boolean }) =>
      withStudio(flags.dataDir, async ({ client }) => {
        const place = await placeOf(client, wanted);
        if (place.key === "") throw noKey();
        const isFolder = flags.recursive === true;
        const folder = place.key.endsWith("/") ? place.key : `${place.key}/`;
        const removed = await client.buckets.remove({
          ...idsOf(place),
          ...(isFolder ? { prefixes: [folder] } : { keys: [place.key] }),
        });
        const { count, failureCount, failures, undo } = removed;
        if (flags.json === true) printJson({ type: "done", count, failureCount, failures });
        else process.stdout.write(`${count} deleted\n`);
        for (const { key, error } of failures) note(`${shownKey(key)}: ${error.message}`);
        if (failureCount > failures.length) note(`${failureCount - failures.length} more failed.`);
        if (undo !== undefined) note("The bucket keeps their versions: they can be restored.");
        if (failureCount > 0) process.exitCode = 1;
      }),
    );
}

function link(): Command {
  return studioCommand("link", "Prints an address with which anyone can read one object.")
    .argument("<place>", "CONNECTION/KEY")
    .option("--expires-in <seconds>", "how long the link is valid, at most a week", number, 3600)
    .action((wanted: string, flags: StudioFlags & { readonly expiresIn: number }) =>
      withStudio(flags.dataDir, async ({ client }) => {
        const place = await placeOf(client, wanted);
        if (place.key === "") throw noKey();
        const query = { ...idsOf(place), key: place.key, seconds: flags.expiresIn };
        const signed = await client.buckets.link(query);
        if (flags.json === true) printJson({ type: "link", ...signed });
        else process.stdout.write(`${signed.url}\n`);
      }),
    );
}

function incomplete(): Command {
  return studioCommand(
    "incomplete",
    "Lists uploads that were started and never finished; they are billed.",
  )
    .argument("<place>", "CONNECTION[/PREFIX]")
    .option("--abort", "abort them all")
    .action((wanted: string, flags: StudioFlags & { readonly abort?: boolean }) =>
      withStudio(flags.dataDir, async ({ client }) => {
        const place = await placeOf(client, wanted);
        const uploads = await client.buckets.incomplete({ ...idsOf(place), prefix: place.key });
        for (const upload of uploads) {
          if (flags.json === true) printJson({ type: "upload", ...upload });
          else process.stdout.write(`${uploadInWords(upload)}\n`);
        }
        if (flags.abort === true) await abortAll(client, place, uploads);
        const done = flags.abort === true ? { aborted: uploads.length } : {};
        if (flags.json === true) printJson({ type: "done", count: uploads.length, ...done });
        else if (uploads.length === 0) note("There are none.");
        else if (flags.abort === true) note(`${uploads.length} aborted.`);
      }),
    );
}

/** The contract's maximum per call. */
const AT_ONCE = 1000;

async function abortAll(
  client: StudioClient,
  place: Place,
  all: readonly IncompleteUpload[],
): Promise<void> {
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const uploads = all.slice(from, from + AT_ONCE).map(({ key, uploadId }) => ({ key, uploadId }));
    await client.buckets.abortIncomplete({ ...idsOf(place), uploads });
  }
}

function uploadInWords({ key, uploadId, startedAt, bytes, parts }: IncompleteUpload): string {
  const size = bytes === undefined ? "" : `  ${parts} parts, ${bytes} bytes`;
  return `${startedAt ?? "unknown"}  ${shownKey(key)}${size}  ${uploadId}`;
}

function idsOf({ connection, bucket }: Place) {
  return { connectionId: connection.id, bucket };
}

function noKey(): StudioError {
  const reason = "write CONNECTION/KEY";
  return new StudioError("REQUEST_INVALID", {
    field: "The place",
    value: "a whole bucket",
    reason,
  });
}
