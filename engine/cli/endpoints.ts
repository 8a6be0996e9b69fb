import { type Command, Option } from "commander";
import type { StudioClient } from "../contract/studio-client.ts";
import {
  ENDPOINT_KINDS,
  REQUEST_PROFILES,
  type Endpoint,
  type NewEndpoint,
} from "../contract/endpoints.ts";
import { StudioError } from "../contract/errors.ts";
import { tokenExpiryWords } from "../contract/token-expiry.ts";
import { listingGroup } from "./listing-group.ts";
import { namedEndpoint } from "./named-endpoint.ts";
import { number } from "./request-flags.ts";
import { note, printResult } from "./outcome.ts";
import { statsCommand } from "./endpoint-stats.ts";
import { queryCommand } from "./query-endpoint.ts";
import { isWithoutProxy, proxyOption, type ProxyUse } from "./proxy-option.ts";
import { testCommand } from "./test-endpoint.ts";
import { trySettingsCommand } from "./try-settings.ts";
import { noteVault, textOf } from "./secret-input.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";
import { withStudio } from "./reach-studio.ts";

/** `endpoints`: inference endpoints on other machines. */
export function endpointsCommand(): Command {
  return listingGroup("endpoints", list())
    .description("Inference endpoints on other computers that can draw.")
    .addCommand(add())
    .addCommand(change())
    .addCommand(testCommand())
    .addCommand(trySettingsCommand())
    .addCommand(statsCommand())
    .addCommand(queryCommand())
    .addCommand(token())
    .addCommand(remove());
}

function list(): Command {
  return studioCommand("list", "Lists the endpoints.").action(({ dataDir, json }: StudioFlags) =>
    withStudio(dataDir, async ({ client }) => {
      for (const endpoint of await client.endpoints.list()) {
        printResult(json, { type: "endpoint", ...endpoint }, inWords(endpoint));
      }
    }),
  );
}

interface AddFlags extends StudioFlags {
  readonly name?: string;
  readonly model?: string;
  readonly profile?: Endpoint["profile"];
  readonly kind?: Endpoint["kind"];
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly tokenOverHttp?: boolean;
  readonly headerFile?: string;
  readonly timeout?: number;
  readonly startTime?: number;
  readonly checkEvery?: number;
  readonly proxy?: ProxyUse;
}

const START_TIME = "how long to wait for one that is starting; 0 does not wait";
const CHECK_EVERY = "ask whether it is ready while a studio runs; 0 never";

function change(): Command {
  return studioCommand(
    "change",
    "Changes how an endpoint is reached, how long to wait for it, and how often it is checked.",
  )
    .argument("<id|name>", "the endpoint's ID or name")
    .option("--timeout <seconds>", "until the first byte of a reply", number)
    .option("--start-time <seconds>", START_TIME, number)
    .option("--check-every <minutes>", CHECK_EVERY, number)
    .addOption(proxyOption())
    .action((wanted: string, flags: AddFlags) =>
      withStudio(flags.dataDir, async ({ client }) => {
        const { id } = await namedEndpoint(client, wanted);
        const {
          timeout: timeoutSeconds,
          startTime: startSeconds,
          checkEvery: checkMinutes,
        } = flags;
        const isDirect = isWithoutProxy(flags.proxy);
        const given = { id, timeoutSeconds, startSeconds, checkMinutes, isDirect };
        const endpoint = await client.endpoints.change(given);
        printResult(flags.json, { type: "endpoint", ...endpoint }, inWords(endpoint));
      }),
    );
}

function add(): Command {
  return studioCommand("add", "Adds an endpoint without contacting it, and prints its id.")
    .argument("<url>", "its base address, or the full one that ends in /infer")
    .option("--name <name>", "what to call it; its host's first label by default")
    .option("--model <name>", "the model's name; detected automatically by default")
    .addOption(
      new Option(
        "--profile <name>",
        "the settings it accepts; found out by `test` by default",
      ).choices(REQUEST_PROFILES),
    )
    .addOption(
      new Option(
        "--kind <name>",
        "its protocol; by default as its address or a test says, otherwise v2",
      ).choices(ENDPOINT_KINDS),
    )
    .option("--token-file <file>", "its bearer token, such as token.cfg; - is the standard input")
    .option("--ca <file>", "PEM file of trusted CA certificates")
    .option("--insecure", "accept any certificate")
    .option("--token-over-http", "allow sending the token unencrypted to another computer")
    .option("--header-file <file>", "headers to send, one `Name: value` a line")
    .option("--timeout <seconds>", "until the first byte of a reply", number)
    .option("--start-time <seconds>", START_TIME, number)
    .option("--check-every <minutes>", CHECK_EVERY, number)
    .addOption(proxyOption())
    .action((url: string, flags: AddFlags) =>
      withStudio(flags.dataDir, async ({ client }) => {
        const { tokenFile, ca, headerFile } = flags;
        const endpoint = await client.endpoints.add({
          url,
          name: flags.name,
          model: flags.model,
          profile: flags.profile,
          kind: flags.kind,
          isInsecure: flags.insecure,
          isTokenOverHttp: flags.tokenOverHttp,
          isDirect: isWithoutProxy(flags.proxy),
          timeoutSeconds: flags.timeout,
          startSeconds: flags.startTime,
          checkMinutes: flags.checkEvery,
          ...(tokenFile !== undefined && { token: await textOf(tokenFile, "token") }),
          ...(ca !== undefined && { ca: await textOf(ca, "certificate") }),
          ...(headerFile !== undefined && { headers: await headersOf(headerFile) }),
        });
        printResult(flags.json, { type: "endpoint", ...endpoint }, endpoint.id);
        if (tokenFile !== undefined) await noteToken(client, endpoint);
      }),
    );
}

function token(): Command {
  return studioCommand("token", "Replaces an endpoint's token with the one on the standard input.")
    .argument("<id|name>", "the endpoint's ID or name")
    .option("--token-file <file>", "a file to read it from", "-")
    .option("--forget", "remove its token")
    .action((wanted: string, flags: StudioFlags & { tokenFile: string; forget?: boolean }) =>
      withStudio(flags.dataDir, async ({ client }) => {
        const { id } = await namedEndpoint(client, wanted);
        const given = flags.forget === true ? null : await textOf(flags.tokenFile, "token");
        // What should have written the token has probably failed.
        if (given?.trim() === "") {
          const reason = "the stored one stays; --forget removes it";
          throw new StudioError("REQUEST_INVALID", { field: "The token", value: "empty", reason });
        }
        const endpoint = await client.endpoints.setToken({ id, token: given });
        if (given !== null) await noteToken(client, endpoint);
      }),
    );
}

function remove(): Command {
  return studioCommand("remove", "Removes an endpoint and its token; its pictures stay.")
    .argument("<id|name>", "the endpoint's ID or name")
    .action((wanted: string, { dataDir }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const { id } = await namedEndpoint(client, wanted);
        await client.endpoints.remove({ id });
      }),
    );
}

function inWords(endpoint: Endpoint): string {
  const { id, name, url, model, check, lastError } = endpoint;
  const state = check === undefined ? "not tested yet" : check.state;
  const error = lastError ?? check?.error;
  const why = error === undefined ? "" : `\n  ${error.message}`;
  const isOld = endpoint.isV1Wrapper === true;
  const wrapper = isOld ? "\n  Draws over protocol v1: set its PROTOCOL_VERSION to v2." : "";
  return `${id}  ${name}  ${state}\n  ${url}, ${model}${tokenInWords(endpoint)}${wrapper}${why}`;
}

function tokenInWords(endpoint: Endpoint): string {
  if (!endpoint.hasToken) return "";
  const expiry = tokenExpiryWords(endpoint, Date.now());
  return expiry === undefined ? ", with a token" : `, with a token that ${expiry}: enter a new one`;
}

/** Notes about a given token: that it was empty, or that only a plain file protects it. */
async function noteToken(
  client: Pick<StudioClient, "secrets">,
  { hasToken }: { readonly hasToken: boolean },
): Promise<void> {
  if (hasToken) await noteVault(client, "The token is");
  else note("It was empty: there is no token now.");
}

/** Headers in a file with one `Name: value` per line. */
async function headersOf(path: string): Promise<NonNullable<NewEndpoint["headers"]>> {
  const lines = (await textOf(path, "headers")).split(/\r?\n/);
  return lines.flatMap((line, i) => {
    if (line.trim() === "") return [];
    const [, name, value] = /^\s*([^\s:]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) return [{ name, value }];
    const details = { field: "The headers' file", value: `such in line ${i + 1}` };
    throw new StudioError("REQUEST_INVALID", { ...details, reason: "a line is `Name: value`" });
  });
}
