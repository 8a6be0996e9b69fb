import { type Command, Option } from "commander";
import { type EndpointStats, STATS_SPANS, type StatsSpan } from "../contract/endpoint-stats.ts";
import { formatBytes } from "../files/disk-full.ts";
import { namedEndpoint } from "./named-endpoint.ts";
import { printResult } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

interface StatsFlags extends StudioFlags {
  readonly span: StatsSpan;
}

/** `endpoints stats`: endpoints' requests and their results. */
export function statsCommand(): Command {
  return studioCommand("stats", "Shows the endpoints' requests and their results.")
    .argument("[id|name]", "the endpoint's ID or name (default: all)")
    .addOption(new Option("--span <name>", "time span").choices(STATS_SPANS).default("day"))
    .action((wanted: string | undefined, { dataDir, json, span }: StatsFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const one = wanted === undefined ? undefined : await namedEndpoint(client, wanted);
        const all = one === undefined ? await client.endpoints.list() : [one];
        for (const stats of await client.endpoints.stats({ id: one?.id, span })) {
          const name = all.find(({ id }) => id === stats.id)?.name ?? stats.id;
          printResult(json, { type: "stats", name, ...stats }, inWords(name, stats));
        }
      }),
    );
}

function inWords(name: string, { span, pictures, checks }: EndpointStats): string {
  const { done, failed, failures, bytesIn, bytesOut, gpuSeconds } = pictures;
  const codes = Object.entries(failures).map(([code, count]) => `${count} ${code}`);
  const lines = [
    `${name}, last ${span}`,
    `  Pictures        ${done} done${timesInWords(pictures)}, ${failed} failed${codes.length === 0 ? "" : ` (${codes.join(", ")})`}`,
    `  Traffic         ${formatBytes(bytesOut)} sent, ${formatBytes(bytesIn)} received`,
    `  Computing time  ${gpuSeconds.toFixed(1)} s`,
  ];
  const checked = checks.ready + checks.others;
  if (checked > 0) {
    lines.push(`  Checks          ${checks.ready} of ${checked} ready${timesInWords(checks)}`);
  }
  return lines.join("\n");
}

function timesInWords({ p50, p95 }: Pick<EndpointStats["checks"], "p50" | "p95">): string {
  return p50 === undefined || p95 === undefined ? "" : ` (p50 ${p50} s, p95 ${p95} s)`;
}
