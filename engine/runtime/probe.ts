import { setTimeout as pause } from "node:timers/promises";
import type { DeviceReport } from "../contract/devices.ts";
import { hasFusedOperators } from "./fused-operators.ts";
import { InferenceClient, type LibraryFolder } from "./inference-client.ts";
import { measure } from "./matrix-product.ts";
import type { Provider } from "./messages.ts";
import { orNoCard, ownWords, reasonInWords } from "./probe-reasons.ts";
import { describeProcessor } from "./processor.ts";

/**
 * Called when the CPU turns out to be the only device, with all reports so far: pictures need not wait until its speed
 * is known. The speed is measured after the callback resolves, and given up when the resolved signal aborts.
 */
export type OnCpuAlone = (reports: readonly DeviceReport[]) => Promise<AbortSignal>;

/** How devices are probed. */
export interface ProbeOptions {
  /** Reports of devices that need not be probed again. */
  readonly known?: readonly DeviceReport[];
  readonly onCpuAlone?: OnCpuAlone | undefined;
  /** Time limit for one device, in milliseconds. */
  readonly patienceMs?: number;
  readonly libraries?: LibraryFolder | undefined;
  /** Aborts the probe of a device, which then counts as not having answered. */
  readonly signal?: AbortSignal | undefined;
  /** Replaces the inference process in tests. */
  readonly program?: string;
}

/** Long enough for the first use of a GPU, which reads gigabytes of libraries and compiles kernels. */
const PATIENCE_MS = 30_000;

/** A process can die by accident, usually because memory ran out; a faulty driver fails every time. */
const TRIES = 3;

/** How a process ends if the system (out of memory) or a person kills it: not the device's fault. */
const KILLED = "SIGKILL";

/** Before the second attempt; the pause before the third is twice as long. */
const PAUSE_MS = 300;

/** How long an ended process may take to free its memory and the device. */
const LEAVING_MS = 1000;

/** Providers in onnxruntime-node 1.30, by platform and architecture, best first. */
const CARRIED: Readonly<Record<string, readonly Provider[]>> = {
  "linux-x64": ["cuda", "webgpu", "cpu"],
  "linux-arm64": ["cpu"],
  "win32-x64": ["dml", "webgpu", "cpu"],
  "win32-arm64": ["dml", "webgpu", "cpu"],
  "darwin-arm64": ["coreml", "webgpu", "cpu"],
};

/**
 * The devices of this machine, best first. Each provider is probed in its own process, one after the other: two at once
 * would distort each other's speed. Refuses as INFERENCE_CRASHED if no process can be started.
 */
export async function probeDevices(
  options: ProbeOptions = {},
  platform = `${process.platform}-${process.arch}`,
): Promise<readonly DeviceReport[]> {
  const reports: DeviceReport[] = [];
  for (const provider of CARRIED[platform] ?? []) {
    const known = options.known?.find((report) => report.provider === provider);
    const isAlone = provider === "cpu" && !reports.some(({ available }) => available);
    const signal =
      known === undefined && isAlone
        ? await options.onCpuAlone?.([...reports, UNMEASURED_CPU])
        : undefined;
    reports.push(known ?? (await probeDevice(provider, { ...options, signal })));
  }
  const cpu = reports.find(({ provider }) => provider === "cpu");
  return reports.map((report) => withReasonIfSlow(report, cpu));
}

/**
 * Multiplies two matrices on one provider: ONNX Runtime for Node has no fallback, and a missing library shows only when
 * a session is created. A process that dies is replaced, up to `TRIES` in all; one that answers too late is ended.
 */
export async function probeDevice(
  provider: Provider,
  options: ProbeOptions = {},
): Promise<DeviceReport> {
  for (let tries = 1; ; tries++) {
    const { report, death } = await tryOnce(provider, options);
    if (report !== undefined) return withFusedOperators(report, options);
    if (options.signal?.aborted === true) return unanswered(provider, "it was not waited for");
    if (tries === TRIES) {
      const reason = `the process that tried it ended ${TRIES} times (${death})`;
      return death === KILLED ? unanswered(provider, reason) : unusable(provider, reason);
    }
    await pause(tries * PAUSE_MS);
  }
}

/** The result for a device, or the failure of the process that tried it. */
type Try =
  | { readonly report: DeviceReport; readonly death?: undefined }
  | { readonly report?: undefined; readonly death: string };

async function tryOnce(
  provider: Provider,
  { patienceMs = PATIENCE_MS, program, libraries, signal }: ProbeOptions,
): Promise<Try> {
  if (signal?.aborted === true) return { death: "it was not started" };
  const client = new InferenceClient(libraries, program);
  const leave = (): void => client.kill();
  signal?.addEventListener("abort", leave, { once: true });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    client.kill();
  }, patienceMs);
  try {
    const own = provider === "cpu" ? await describeProcessor(client) : {};
    return { report: { provider, available: true, ...own, ...(await measure(client, provider)) } };
  } catch (error) {
    if (isLate) {
      return { report: unanswered(provider, `it did not answer in ${patienceMs / 1000} s`) };
    }
    if (client.isAlive) {
      // Its other output can arrive after its reply.
      await endOf(client);
      const reason = reasonInWords(provider, error, client.lastWords);
      return { report: unusable(provider, await orNoCard(reason)) };
    }
    // No process could be started at all, which is not the device's fault.
    if (client.pid === undefined) throw error;
    return { death: ownWords(error) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", leave);
    await endOf(client);
  }
}

/** Tests the fused operators in a process of their own: if it crashes, only they are not used. */
async function withFusedOperators(
  report: DeviceReport,
  { patienceMs = PATIENCE_MS, program, libraries }: ProbeOptions,
): Promise<DeviceReport> {
  const { provider, available, float16 } = report;
  if (provider !== "cuda" || !available || !float16) return report;
  const client = new InferenceClient(libraries, program);
  const timer = setTimeout(() => client.kill(), patienceMs);
  const fusedOperators = await hasFusedOperators(client, provider).catch(() => false);
  clearTimeout(timer);
  await endOf(client);
  return { ...report, fusedOperators };
}

async function endOf(client: InferenceClient): Promise<void> {
  client.kill();
  await Promise.race([client.gone, pause(LEAVING_MS)]);
}

/** A CPU that did not answer, because it was busy or out of memory, is used all the same, at unknown speed. */
const UNMEASURED_CPU: DeviceReport = { provider: "cpu", available: true, float16: false };

function unanswered(provider: Provider, reason: string): DeviceReport {
  if (provider === "cpu") return UNMEASURED_CPU;
  return unusable(provider, reason);
}

function unusable(provider: Provider, reason: string): DeviceReport {
  return { provider, available: false, float16: false, reason };
}

/**
 * Adds a reason to a device that takes at least twice as long as the CPU, so that `auto` does not pick it: a Vulkan
 * driver that computes on the CPU, such as SwiftShader, takes about 60 times as long (engine/README.md).
 */
function withReasonIfSlow(report: DeviceReport, cpu: DeviceReport | undefined): DeviceReport {
  if (report.provider === "cpu" || report.seconds === undefined || cpu?.seconds === undefined)
    return report;
  const times = report.seconds / cpu.seconds;
  if (times < 2) return report;
  return {
    ...report,
    reason: `it is ${times.toFixed(0)} times slower than the CPU, so only used when asked for`,
  };
}
