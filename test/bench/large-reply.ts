/**
 * What a reply of 35 MB costs the page and the host while it is read: `npm run bench -- large-reply [--rounds N]
 * [--seconds S] [--as-built]`. A real host, real Chromium on Generate, and an endpoint that sends a picture as 35 MB of
 * JSON in S seconds. In turn with the same time at rest, since a busy machine delays frames by itself: the CPU time of
 * the page's longest task tells more there. `--as-built` takes the pages as they were built last. The figures are in
 * results/large-reply.json. Ends with 1 if the page stuttered while the machine was quiet.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "@playwright/test";
import buildPages from "../e2e/build-pages.ts";
import { CHROMIUM_ARGS, chromiumPath } from "../e2e/chromium.ts";
import { HostProcess } from "../e2e/host-process.ts";
import { addEndpoint } from "../e2e/remote-studio.ts";
import { largeReply } from "../fakes/large-reply.ts";
import { notebookService } from "../fakes/notebook-service.ts";
import { type Answer, openStandIn } from "../fakes/stand-in-endpoint.ts";
import { median, memoryOf } from "./measure.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "3" },
    "as-built": { type: "boolean", default: false },
  },
});
const SECONDS = Number(values.seconds);
/** A frame longer than this is seen as a stutter. */
const LONG_MS = 50;
/** What a page does after a picture or a press is over by then. */
const REST_MS = 1500;
/** How long the picture's fade and its details are watched after it has appeared. */
const AFTER_MS = 700;
const PARTS = 100;
const MIB = 2 ** 20;
const BODY = Buffer.from(largeReply());
const MB = (BODY.length / 1e6).toFixed(0);

/** The large reply, evenly over the time. */
async function send(response: ServerResponse, body: Buffer): Promise<void> {
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": String(body.length),
  });
  const begin = performance.now();
  for (let part = 0; part < PARTS; part++) {
    const at = (i: number): number => Math.floor((i * body.length) / PARTS);
    response.write(body.subarray(at(part), at(part + 1)));
    const due = begin + (1000 * SECONDS * (part + 1)) / PARTS;
    await new Promise((done) => setTimeout(done, Math.max(0, due - performance.now())));
  }
  response.end();
}

/** In the page: takes the time of every frame until it is told to stop. */
function watch(): void {
  const frames: number[] = [];
  Object.assign(globalThis, { times: frames, isWatching: true });
  const look = (at: number) => {
    frames.push(at);
    if (Reflect.get(globalThis, "isWatching") === true) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** What the page did meanwhile, milliseconds. */
interface Seen {
  /** From one frame to the next. */
  readonly frames: readonly number[];
  /** Wall and CPU time of each task of the page's main thread. */
  readonly tasks: readonly { readonly ms: number; readonly cpuMs: number }[];
}

async function watched(browser: Browser, page: Page, work: () => Promise<void>): Promise<Seen> {
  await browser.startTracing(page, {
    categories: ["toplevel", "disabled-by-default-devtools.timeline", "devtools.timeline"],
  });
  await page.evaluate(watch);
  await work();
  const at = await page.evaluate(() => {
    Reflect.set(globalThis, "isWatching", false);
    const times: unknown = Reflect.get(globalThis, "times");
    return times as number[];
  });
  const trace = JSON.parse(String(await browser.stopTracing())) as { traceEvents: TraceEvent[] };
  return { frames: at.slice(1).map((ms, i) => ms - at[i]!), tasks: tasksIn(trace.traceEvents) };
}

/** As Chromium's traces have it: microseconds, `tdur` in CPU time. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

function tasksIn(events: readonly TraceEvent[]): Seen["tasks"] {
  const mains = new Set(
    events
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return events
    .filter(({ name, pid, tid }) => name.endsWith("RunTask") && mains.has(`${pid} ${tid}`))
    .map(({ dur = 0, tdur = 0 }) => ({ ms: dur / 1000, cpuMs: tdur / 1000 }));
}

function figuresOf({ frames, tasks }: Seen) {
  const most = (all: readonly number[]) => Math.round(Math.max(0, ...all));
  const long = frames.filter((ms) => ms > LONG_MS).length;
  return {
    frames: {
      count: frames.length,
      medianMs: Math.round(median(frames)),
      longestMs: most(frames),
      long,
    },
    tasks: {
      longestMs: most(tasks.map(({ ms }) => ms)),
      longestCpuMs: most(tasks.map(({ cpuMs }) => cpuMs)),
      cpuMs: Math.round(tasks.reduce((total, { cpuMs }) => total + cpuMs, 0)),
    },
  };
}
type Figures = ReturnType<typeof figuresOf>;

function report(what: string, { frames, tasks }: Figures): void {
  console.log(
    `${what.padEnd(26)} ${frames.count} frames, ${frames.medianMs} ms each, longest ${frames.longestMs} ms, ` +
      `${frames.long} over ${LONG_MS} ms; longest task ${tasks.longestMs} ms, ${tasks.longestCpuMs} ms of CPU; ` +
      `${tasks.cpuMs} ms of CPU in all`,
  );
}

/** Presses Generate for a prompt; the endpoint that is chosen in the form draws it. */
async function press(page: Page, prompt: string): Promise<void> {
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(prompt);
  await page.getByRole("button", { name: "Generate", exact: true }).click();
}

/** Resolves when the stage shows the picture of a prompt. */
async function shown(page: Page, prompt: string): Promise<void> {
  const stage = page.getByRole("region", { name: "Picture" });
  await stage.getByRole("img", { name: new RegExp(`^${prompt}, \\d`) }).waitFor();
}

/** Since when the peak is counted anew: bytes that are resident then. Undefined where the system does not say. */
function beginPeak(pid: number | undefined): number | undefined {
  if (memoryOf(pid) === undefined) return undefined;
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
  return memoryOf(pid)?.peakBytes;
}

interface Round {
  readonly load: number | undefined;
  readonly rest: Figures;
  readonly reply: Figures;
  /** MiB that the host held at most in addition; undefined where the system does not say. */
  readonly moreMib: number | undefined;
}

async function measure(browser: Browser, page: Page, host: HostProcess): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let round = 1; round <= Number(values.rounds); round++) {
    await page.waitForTimeout(REST_MS);
    const load = loadavg()[0];
    const rest = figuresOf(await watched(browser, page, () => page.waitForTimeout(1000 * SECONDS)));
    report(`${round}: at rest, load ${load?.toFixed(1)}`, rest);
    const before = beginPeak(host.pid);
    const prompt = `a red house ${round}`;
    const isAsked = new Promise<void>((resolve) => (onAsked = resolve));
    await press(page, prompt);
    await isAsked;
    const appear = async () => {
      await shown(page, prompt);
      await page.waitForTimeout(AFTER_MS);
    };
    const reply = figuresOf(await watched(browser, page, appear));
    report(`${round}: ${MB} MB in ${SECONDS} s`, reply);
    const peak = memoryOf(host.pid)?.peakBytes;
    const moreMib =
      before === undefined || peak === undefined ? undefined : Math.round((peak - before) / MIB);
    if (moreMib !== undefined) console.log(`   the host holds at most ${moreMib} MiB more`);
    rounds.push({ load, rest, reply, moreMib });
  }
  return rounds;
}

function keep(rounds: readonly Round[]): void {
  const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} threads`;
  const file = new URL("results/large-reply.json", import.meta.url);
  const result = { machine, node: process.version, seconds: SECONDS, rounds };
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
}

/** Whether the machine was free enough that a long frame is the page's own doing. */
function isQuiet({ load = 0, rest }: Round): boolean {
  return load <= cpus().length && rest.frames.long === 0;
}

/** The result of the bench: no frame of a quiet round may be long. */
function judge(rounds: readonly Round[]): void {
  const quiet = rounds.filter(isQuiet);
  const stutters = quiet.filter(({ reply }) => reply.frames.long > 0);
  console.log(`${stutters.length} of ${quiet.length} quiet rounds with a frame over ${LONG_MS} ms`);
  if (stutters.length > 0) process.exitCode = 1;
}

if (!values["as-built"]) buildPages();
const folder = mkdtempSync(join(tmpdir(), "darkroom-bench-reply-"));
const edge = notebookService();
/** Called when the endpoint is asked for a picture; until it is set, small pictures are given. */
let onAsked: (() => void) | undefined;
const answer: Answer = (response, request, count) => {
  if (onAsked === undefined || !request.path.endsWith("/infer"))
    return edge(response, request, count);
  onAsked();
  void send(response, BODY);
};
const endpoint = await openStandIn(answer);
const host = new HostProcess(["--data-dir", folder, "--port", "0"], { DARKROOM_DEVICE: "cpu" });
const browser = await chromium.launch({ executablePath: chromiumPath ?? "", args: CHROMIUM_ARGS });
try {
  await host.start();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(host.url);
  await page.getByRole("button", { name: "Skip" }).click();
  await addEndpoint(page, { url: endpoint.url, name: "Cluster" });
  await page.reload();
  await page.getByRole("button", { name: /Run on/ }).click();
  await page.getByRole("option", { name: /^Cluster/ }).click();
  // The first picture starts what reads replies and writes pictures.
  await press(page, "a small house");
  await shown(page, "a small house");
  const rounds = await measure(browser, page, host);
  keep(rounds);
  judge(rounds);
} finally {
  await browser.close();
  await host.stop();
  await endpoint[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
}
