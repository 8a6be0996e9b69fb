import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { NewConnection } from "../contract/buckets.ts";
import { StudioError } from "../contract/errors.ts";
import { isAbsent, systemCode } from "../files/system-error.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a source says about a connection; the rest must be given separately. */
export type Found = { -readonly [K in keyof NewConnection]?: NewConnection[K] | undefined };

/** A section's settings by name; those of a nested block as `block.name`. */
type Section = Readonly<Record<string, string>>;
type Ini = Readonly<Record<string, Section>>;

/** A larger file is not a profile file. */
const MAX_BYTES = 1 << 20;

/** The profile names in `~/.aws`, as the AWS command line lists them. */
export async function profileNames(env: Environment): Promise<string[]> {
  const { credentials, config } = await readFiles(env);
  const ofConfig = Object.keys(config).flatMap((name) => profileIn(name) ?? []);
  return [...new Set([...Object.keys(credentials), ...ofConfig])];
}

/**
 * The keys, endpoint, region and addressing style of a profile in `~/.aws/credentials` and `~/.aws/config`
 * (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html). Refuses as CONNECTION_UNREADABLE a
 * profile without keys.
 */
export async function profileConnection(profile: string, env: Environment): Promise<Found> {
  const { credentials, config } = await readFiles(env);
  const ofConfig =
    config[profile === "default" ? "default" : `profile ${profile}`] ??
    config[`profile ${profile}`];
  const ofCredentials = credentials[profile];
  if (ofConfig === undefined && ofCredentials === undefined) {
    throw new StudioError("NOT_FOUND", { what: "profile in ~/.aws", id: profile });
  }
  const all: Section = { ...ofConfig, ...ofCredentials };
  if (all["aws_access_key_id"] === undefined) throw keyless(profile, all);
  const services = config[`services ${all["services"]}`];
  return {
    accessKey: all["aws_access_key_id"],
    secretKey: all["aws_secret_access_key"],
    sessionToken: all["aws_session_token"],
    region: all["region"],
    endpoint: services?.["s3.endpoint_url"] ?? all["s3.endpoint_url"] ?? all["endpoint_url"],
    ...choicesOf(all["s3.addressing_style"], all["request_checksum_calculation"]),
    ...(await caOf(all["ca_bundle"])),
  };
}

/** The five values in the variables that OpenShift AI sets in a workbench, otherwise in AWS's own. */
export async function environmentConnection(env: Environment): Promise<Found> {
  const value = (...names: readonly string[]): string | undefined =>
    names.map((name) => env[name]?.trim()).find((text) => text !== undefined && text !== "");
  return {
    accessKey: value("AWS_ACCESS_KEY_ID"),
    secretKey: value("AWS_SECRET_ACCESS_KEY"),
    sessionToken: value("AWS_SESSION_TOKEN"),
    endpoint: value("AWS_S3_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
    region: value("AWS_DEFAULT_REGION", "AWS_REGION"),
    bucket: value("AWS_S3_BUCKET"),
    ...choicesOf(undefined, value("AWS_REQUEST_CHECKSUM_CALCULATION")),
    ...(await caOf(value("AWS_CA_BUNDLE"))),
  };
}

function choicesOf(addressing: string | undefined, checksums: string | undefined): Found {
  const mode = checksums?.toLowerCase().replace("_", "-");
  return {
    ...(addressing === "path" && { pathStyle: "yes" }),
    ...(addressing === "virtual" && { pathStyle: "no" }),
    ...((mode === "when-supported" || mode === "when-required") && { checksums: mode }),
  };
}

async function caOf(path: string | undefined): Promise<Found> {
  if (path === undefined) return {};
  const ca = await textOf(path);
  if (ca !== "") return { ca };
  throw new StudioError("CONNECTION_UNREADABLE", {
    source: path,
    reason: "it is not there, or empty",
  });
}

/** Explains why a profile has no keys. */
function keyless(profile: string, section: Section): StudioError {
  const ways = [
    ["sso_session", "it signs in by SSO"],
    ["sso_start_url", "it signs in by SSO"],
    ["role_arn", "it takes on a role"],
    ["credential_process", "another program gives its keys"],
  ] as const;
  const way = ways.find(([name]) => section[name] !== undefined)?.[1];
  const source = `the profile ${profile}`;
  const reason = way === undefined ? "it has no access key" : `${way} and has no keys of its own`;
  return new StudioError("CONNECTION_UNREADABLE", { source, reason });
}

async function readFiles(env: Environment): Promise<{ credentials: Ini; config: Ini }> {
  const folder = join(env["HOME"] ?? env["USERPROFILE"] ?? homedir(), ".aws");
  const [credentials, config] = await Promise.all([
    textOf(env["AWS_SHARED_CREDENTIALS_FILE"] ?? join(folder, "credentials")),
    textOf(env["AWS_CONFIG_FILE"] ?? join(folder, "config")),
  ]);
  return { credentials: readIni(credentials), config: readIni(config) };
}

/** Empty if the file does not exist. */
async function textOf(path: string): Promise<string> {
  try {
    const text = await readFile(path, "utf8");
    return text.length > MAX_BYTES ? "" : text;
  } catch (error) {
    if (isAbsent(error)) return "";
    const reason = systemCode(error) ?? "it cannot be read";
    throw new StudioError("CONNECTION_UNREADABLE", { source: path, reason }, { cause: error });
  }
}

function profileIn(section: string): string | undefined {
  return section === "default" ? section : /^profile\s+(.+)$/.exec(section)?.[1];
}

/** Parses AWS's INI files: `name = value`, comments on separate lines, and nested blocks by indentation. */
export function readIni(text: string): Ini {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let block = "";
  for (const line of text.split(/\r?\n/)) {
    const head = headIn(line);
    if (head !== undefined) {
      section = sections.get(head) ?? new Map<string, string>();
      sections.set(head, section);
      block = "";
    }
    const setting = head === undefined ? settingIn(line) : undefined;
    if (setting === undefined) continue;
    const { isIndented, name, value } = setting;
    if (!isIndented) block = value === "" ? `${name}.` : "";
    if (value !== "") section?.set(isIndented ? `${block}${name}` : name, value);
  }
  return Object.fromEntries(
    [...sections].map(([name, settings]) => [name, Object.fromEntries(settings)]),
  );
}

function headIn(line: string): string | undefined {
  const name = /^\s*\[\s*(.+?)\s*\]/.exec(line)?.[1];
  return name?.replaceAll(/\s+/g, " ").replaceAll(/["']/g, "");
}

function settingIn(line: string) {
  if (/^\s*[#;]/.test(line)) return undefined;
  const [, indent = "", name = "", value = ""] = /^(\s*)([^=\s]+)\s*=(.*)$/.exec(line) ?? [];
  return name === "" ? undefined : { isIndented: indent !== "", name, value: value.trim() };
}
