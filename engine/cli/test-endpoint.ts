import type { Command } from "commander";
import { doctorReport, findingLines, type Diagnosed, type Finding } from "../contract/doctor.ts";
import { StudioError } from "../contract/errors.ts";
import { SOFTWARE } from "../contract/software.ts";
import type { StudioClient } from "../contract/studio-client.ts";
import { namedEndpoint } from "./named-endpoint.ts";
import { newsLine, printResult, progressLine } from "./outcome.ts";
import { proxyOption, type ProxyUse } from "./proxy-option.ts";
import { withStudio } from "./reach-studio.ts";
import { textOf } from "./secret-input.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

interface TestFlags extends StudioFlags {
  readonly picture?: boolean;
  readonly report?: boolean;
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly proxy?: ProxyUse;
  readonly wait: boolean;
}

/** `endpoints test`: checks each part of the connection to an endpoint, and prints what was found and the fix. */
export function testCommand(): Command {
  return studioCommand(
    "test",
    "Checks each part of the connection to an endpoint: what was found, and the fix.",
  )
    .alias("doctor")
    .argument(
      "<id|name|url>",
      "the endpoint's ID or name, or the address of one that has not been added",
    )
    .option(
      "--picture",
      "also draw one: 128x128 in 2 steps, or with the endpoint's own size and steps",
    )
    .option("--no-wait", "do not wait for one that is scaled to zero or starting")
    .option("--report", "print a complete report at the end, for a ticket; it has no secrets")
    .option("--token-file <file>", "for an address: its bearer token; - is the standard input")
    .option("--ca <file>", "for an address: PEM file of trusted CA certificates")
    .option("--insecure", "for an address: accept any certificate")
    .addOption(proxyOption())
    .action((wanted: string, flags: TestFlags) =>
      withStudio(flags.dataDir, async ({ client }) => {
        const { url, asked } = await examinedEndpoint(client, wanted, flags);
        const findings: Finding[] = [];
        const tellStart = startTeller();
        for await (const finding of await client.endpoints.diagnose(asked)) {
          if (finding.outcome === "running") {
            if (finding.seen !== undefined && flags.json !== true) tellStart(finding.seen);
            continue;
          }
          findings.push(finding);
          if (flags.report === true) continue;
          const words = findingLines(finding).join("\n");
          printResult(flags.json, { type: "finding", ...finding }, words);
        }
        if (flags.report === true) {
          const at = new Date().toISOString();
          const report = doctorReport(url, findings, at, SOFTWARE.version);
          printResult(flags.json, { type: "report", report }, report.trimEnd());
        }
        if (flags.json === true && "id" in asked) await printCheck(client, asked.id);
        if (findings.some(({ outcome }) => outcome === "failed")) process.exitCode = 1;
      }),
    );
}

/** Prints that an endpoint is starting: every second on a terminal, elsewhere once for each phase. */
function startTeller(): (words: string) => void {
  let told = "";
  return (words) => {
    const [phase = ""] = words.split(/, \d+ s so far/);
    if (phase === told) progressLine(`It is starting. ${words}`);
    else newsLine(`It is starting. ${words}`);
    told = phase;
  };
}

/** Prints the stored check of an endpoint that has been added, as its card on the Endpoints page shows it. */
async function printCheck({ endpoints }: StudioClient, id: string): Promise<void> {
  const { check } = (await endpoints.list()).find((endpoint) => endpoint.id === id) ?? {};
  if (check !== undefined) printResult(true, { type: "check", id, ...check }, "");
}

async function examinedEndpoint(
  client: StudioClient,
  wanted: string,
  {
    picture: isPictureAsked = false,
    wait: isStartAwaited,
    tokenFile,
    ca,
    insecure,
    proxy,
  }: TestFlags,
): Promise<{ readonly url: string; readonly asked: Diagnosed }> {
  if (!/^(?:https?|grpcs?):\/\//i.test(wanted)) {
    if ([tokenFile, ca, insecure, proxy].some((given) => given !== undefined)) {
      const field = "--token-file, --ca, --insecure or --proxy";
      const details = { field, value: "given with a name" };
      const reason = "what is added has its own; give an address instead";
      throw new StudioError("REQUEST_INVALID", { ...details, reason });
    }
    const { id, url } = await namedEndpoint(client, wanted);
    return { url, asked: { id, isPictureAsked, isStartAwaited } };
  }
  const endpoint = {
    url: wanted,
    ca: ca === undefined ? null : await textOf(ca, "certificate"),
    isInsecure: insecure ?? false,
    isTokenOverHttp: false,
    isDirect: proxy === "direct",
    headers: [],
    timeoutSeconds: 600,
    startSeconds: 600,
    checkMinutes: 0,
    ...(tokenFile !== undefined && { token: await textOf(tokenFile, "token") }),
  };
  return { url: wanted, asked: { endpoint, isPictureAsked, isStartAwaited } };
}
