import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PEERS, type Peer } from "./peers.ts";
import { buildProgram } from "./go-program.ts";
import { interopCache, Missing, requireProgram } from "./install-step.ts";
import { installNpm } from "./npm-package.ts";
import { triedClients } from "./tried-clients.ts";
import { installPackages, packageVersion } from "./virtual-environment.ts";

/** Maximum time of the whole run, except with --all. */
const LIMIT_MINUTES = 15;
/** Maximum time of an installation with --all: enough for a slow connection, but not for one that hangs. */
const PATIENT_MINUTES = 120;

interface Outcome {
  readonly peer: string;
  readonly version: string;
  readonly result: string;
  readonly seconds: number;
  readonly isFailure: boolean;
}

/**
 * `npm run test:interop [-- --all] [-- NAME ...]`: tests against the named peers, or all, one after another, within a
 * quarter of an hour; --all takes as long as it needs. Prints a table at the end; a peer that cannot be installed here
 * is skipped by name, and if a peer's test fails, the exit code is 1.
 */
async function main(args: readonly string[]): Promise<void> {
  const isPatient = args.includes("--all");
  const names = args.filter((arg) => arg !== "--all");
  const unknown = names.filter((name) => !PEERS.some((peer) => peer.name === name));
  if (unknown.length > 0) {
    const known = PEERS.map(({ name }) => name).join(", ");
    throw new Error(`There is no peer ${unknown.join(", ")}. Choose from: ${known}.`);
  }
  const peers = PEERS.filter(({ name }) => names.length === 0 || names.includes(name));
  const deadline = isPatient ? Infinity : performance.now() + LIMIT_MINUTES * 60_000;
  console.log(`Peers are kept in ${interopCache()}.`);
  const outcomes: Outcome[] = [];
  for (const peer of peers) outcomes.push(await tryPeer(peer, deadline));
  console.log(`\n${table(outcomes)}`);
  process.exitCode = outcomes.some(({ isFailure }) => isFailure) ? 1 : 0;
}

/** Installs a peer and runs its test before the deadline, measured on the monotonic clock. */
async function tryPeer(peer: Peer, deadline: number): Promise<Outcome> {
  const start = performance.now();
  const seconds = (): number => Math.round((performance.now() - start) / 100) / 10;
  const { name } = peer;
  console.log(`\n== ${name}`);
  try {
    if (peer.isSlow === true && deadline !== Infinity) {
      throw new Missing(`${peer.size}: only with --all`);
    }
    const minutes = deadline === Infinity ? PATIENT_MINUTES : peer.installMinutes;
    const version = await install(peer, Math.min(minutes * 60_000, deadline - start));
    const left = Math.min(deadline - performance.now(), PATIENT_MINUTES * 60_000);
    const { result, isFailure } = await runTest(name, left);
    const row = triedClients().get(name);
    const isStale = row !== undefined && (row.outcome !== result || row.version !== version);
    const told = isStale
      ? `${result} (engine/PROTOCOLS.md: ${row.version}, ${row.outcome})`
      : result;
    return { peer: name, version, result: told, isFailure, seconds: seconds() };
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    const result = `skipped: ${error.message}`;
    console.log(`${name} ${result}`);
    return { peer: name, version: "", result, seconds: seconds(), isFailure: false };
  }
}

/** Returns the installed version; undefined if the product itself downloads it. */
async function install(peer: Peer, limitMs: number): Promise<string> {
  const deadline = performance.now() + limitMs;
  for (const other of PEERS.filter(({ name }) => peer.starts?.includes(name) === true)) {
    await install(other, deadline - performance.now());
  }
  if (peer.go !== undefined) {
    await buildProgram(peer, peer.go, deadline - performance.now());
    return peer.go.version;
  }
  if (peer.npm !== undefined) return installNpm(peer, peer.npm, deadline - performance.now());
  if (peer.pip === undefined) {
    for (const program of peer.needs ?? []) await requireProgram(program);
    return "";
  }
  await installPackages(peer, deadline - performance.now());
  return packageVersion(peer);
}

/** The counts in vitest's JSON. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly success: boolean;
}

async function runTest(
  name: string,
  limitMs: number,
): Promise<Pick<Outcome, "result" | "isFailure">> {
  if (limitMs <= 0) throw new Missing("no time was left to run its test");
  const folder = await mkdtemp(join(tmpdir(), "darkroom-interop-"));
  const outputFile = join(folder, "report.json");
  try {
    const signal = AbortSignal.timeout(Math.ceil(limitMs));
    const test = `test/interop/${name}.test.ts`;
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${outputFile}`];
    const vitest = ["node_modules/vitest/vitest.mjs", "run", "--project", "interop"];
    const child = spawn(process.execPath, [...vitest, ...reporters, test], {
      stdio: ["ignore", "inherit", "inherit"],
      signal,
    });
    await new Promise((resolve) => child.on("error", resolve).on("close", resolve));
    if (signal.aborted) throw new Missing("no time was left to end its test");
    const report = await readFile(outputFile, "utf8").catch(() => undefined);
    if (report === undefined) return { result: "failed: its test did not start", isFailure: true };
    const { numPassedTests, numFailedTests, success } = JSON.parse(report) as Report;
    const failed = numFailedTests === 0 ? "" : `, ${numFailedTests} failed`;
    return { result: `${numPassedTests} passed${failed}`, isFailure: !success };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ peer, version, result, seconds }) => [
    peer,
    version,
    result,
    String(seconds),
  ]);
  const all = [["peer", "version", "result", "seconds"], ...rows];
  const widths = [0, 1, 2, 3].map((at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return lines.join("\n");
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
