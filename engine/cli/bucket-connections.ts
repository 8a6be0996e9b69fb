import { Option, type Command } from "commander";
import {
  CHECKSUM_MODES,
  PATH_STYLES,
  type Connection,
  type ConnectionCheck,
} from "../contract/buckets.ts";
import { StudioError } from "../contract/errors.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { namedConnection } from "./bucket-place.ts";
import { note, printJson } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { askHidden, noteVault, textOf } from "./secret-input.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

/** The subcommands of `bucket` that make, test and remove connections. */
export function connectionCommands(): readonly Command[] {
  return [connections(), connect(), test(), disconnect()];
}

function connections(): Command {
  return studioCommand("connections", "Lists the connections.").action(
    ({ dataDir, json }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const all = await client.buckets.connections();
        for (const connection of all) {
          if (json === true) printJson({ type: "connection", ...connection });
          else process.stdout.write(`${inWords(connection)}\n`);
        }
        if (json === true) printJson({ type: "done", count: all.length });
      }),
  );
}

interface ConnectFlags extends StudioFlags {
  readonly endpoint?: string;
  readonly bucket?: string;
  readonly region?: string;
  readonly pathStyle?: Connection["pathStyle"];
  readonly checksums?: Connection["checksums"];
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly fromSecret?: string;
  readonly profile?: string;
}

function connect(): Command {
  return studioCommand(
    "connect",
    "Saves a connection without contacting the service, and prints its id.",
  )
    .argument("<name>", "what to call it")
    .option("--endpoint <url>", "address of the service; AWS_S3_ENDPOINT by default")
    .option("--bucket <name>", "its bucket; AWS_S3_BUCKET by default")
    .option("--region <name>", "AWS_DEFAULT_REGION, or else us-east-1, by default")
    .addOption(
      new Option("--path-style <choice>", "whether the bucket's name is in the URL path").choices(
        PATH_STYLES,
      ),
    )
    .addOption(
      new Option("--checksums <mode>", "which requests carry a checksum").choices(CHECKSUM_MODES),
    )
    .option("--ca <file>", "PEM file of trusted CA certificates")
    .option("--insecure", "accept any certificate")
    .option("--from-secret <file>", "YAML of a connection Secret; - is the standard input")
    .addOption(new Option("--profile <name>", "a profile of ~/.aws").conflicts("fromSecret"))
    .addHelpText(
      "after",
      "\nKeys come from the Secret, the profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; otherwise they are asked for.",
    )
    .action((name: string, flags: ConnectFlags) =>
      withStudio(flags.dataDir, async ({ client }) => {
        await refuseTaken(client, name);
        const connection = await made(client, name, flags);
        if (flags.json === true) printJson({ type: "connection", ...connection });
        else process.stdout.write(`${connection.id}\n`);
        await noteVault(client, "The keys are");
      }),
    );
}

async function made(client: StudioClient, name: string, flags: ConnectFlags): Promise<Connection> {
  const { endpoint, bucket, region, pathStyle, checksums, fromSecret, profile } = flags;
  const choices = {
    name,
    endpoint,
    bucket,
    region,
    pathStyle,
    checksums,
    isInsecure: flags.insecure,
    ca: flags.ca === undefined ? undefined : await textOf(flags.ca, "certificate"),
  };
  if (fromSecret !== undefined) {
    const yaml = await textOf(fromSecret, "Secret");
    return client.buckets.importFrom({ source: { kind: "secret", yaml }, ...choices });
  }
  if (profile !== undefined) {
    return client.buckets.importFrom({ source: { kind: "profile", profile }, ...choices });
  }
  const address =
    endpoint ?? variable("AWS_S3_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
  if (address === undefined) throw refused("The endpoint", "absent", "give it with --endpoint");
  return client.buckets.connect({
    ...choices,
    endpoint: address,
    bucket: bucket ?? variable("AWS_S3_BUCKET"),
    region: region ?? variable("AWS_DEFAULT_REGION", "AWS_REGION"),
    ...(await keys()),
  });
}

/** This command's own environment, since the studio may have another. Empty variables count as absent. */
function variable(...names: readonly string[]): string | undefined {
  return names
    .map((name) => process.env[name]?.trim())
    .find((value) => value !== undefined && value !== "");
}

async function keys() {
  const accessKey = variable("AWS_ACCESS_KEY_ID");
  const secretKey = variable("AWS_SECRET_ACCESS_KEY");
  if (accessKey !== undefined && secretKey !== undefined) {
    return { accessKey, secretKey, sessionToken: variable("AWS_SESSION_TOKEN") };
  }
  const [access = "", secret = ""] = await askHidden(["Access key", "Secret key"]);
  if (access !== "" && secret !== "") return { accessKey: access, secretKey: secret };
  const reason = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or enter both";
  throw refused("The keys", "absent", reason);
}

/** Places are written CONNECTION/KEY, so a name must contain no slash and be unique. */
async function refuseTaken({ buckets }: StudioClient, name: string): Promise<void> {
  if (name.includes("/")) throw refused("The name", name, "it holds a slash");
  const isTaken = (await buckets.connections()).some((one) => one.name === name);
  if (isTaken) throw refused("The name", name, "another connection has it");
}

function test(): Command {
  return studioCommand("test", "Tests whether a connection can list and write.")
    .argument("<name>", "the connection's name")
    .action((wanted: string, { dataDir, json }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const { id } = await namedConnection(client, wanted);
        const check = await client.buckets.test({ id });
        if (json === true) printJson({ type: "check", id, ...check });
        else process.stdout.write(`${checkInWords(check)}\n`);
        if (check.state !== "ready") process.exitCode = 1;
      }),
    );
}

function disconnect(): Command {
  return studioCommand("disconnect", "Forgets a connection and its keys; the bucket stays.")
    .argument("<name>", "the connection's name")
    .action((wanted: string, { dataDir }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const { id, name } = await namedConnection(client, wanted);
        await client.buckets.disconnect({ id });
        note(`${name} is forgotten.`);
      }),
    );
}

function inWords({ id, name, endpoint, bucket, region, check }: Connection): string {
  const state = check === undefined ? "not tried yet" : check.state;
  const why = check?.error === undefined ? "" : `\n  ${check.error.message}`;
  const where = [endpoint, bucket ?? "any bucket", ...(region === null ? [] : [region])];
  return `${id}  ${name}  ${state}\n  ${where.join(", ")}${why}`;
}

function checkInWords(check: ConnectionCheck): string {
  const { state, ms, server, error, canList, canWrite, isVersioned } = check;
  if (error !== undefined) return `${state}: ${error.message}`;
  const may = [
    ...(canList === undefined ? [] : [canList ? "can list" : "cannot list"]),
    ...(canWrite === undefined ? [] : [canWrite ? "can write" : "cannot write"]),
    ...(isVersioned === undefined
      ? []
      : [
          isVersioned
            ? "versioning is on"
            : "versioning is off: deleted objects cannot be restored",
        ]),
  ];
  const by = server === undefined ? "" : `, ${server}`;
  return [`${state} in ${ms} ms${by}`, ...may].join("\n  ");
}

function refused(field: string, value: string, reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field, value, reason });
}
