import { setTimeout as pause } from "node:timers/promises";
import { CUDA_NOT_ADDED, type DeviceReport } from "../contract/devices.ts";
import { StudioError } from "../contract/errors.ts";
import { hasFusedOperators } from "./fused-operators.ts";
import { InferenceClient, type LibraryFolder } from "./inference-client.ts";
import { measure } from "./matrix-product.ts";
import type { Provider } from "./messages.ts";
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
      return { report: unusable(provider, reason) };
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

/** Parts of providers' messages when they cannot start, and the reasons that are shown instead. */
const WORDS: readonly {
  readonly provider: Provider;
  readonly says: RegExp;
  readonly means: string;
}[] = [
  {
    provider: "cuda",
    says: /libcuda\.so\.1: cannot open/,
    means: "NVIDIA's driver is not installed",
  },
  {
    provider: "cuda",
    says: /libonnxruntime_providers_\w+\.so: cannot open/,
    means: CUDA_NOT_ADDED,
  },
  {
    provider: "cuda",
    says: /driver version is insufficient/i,
    means: "NVIDIA's driver is too old; CUDA 13 needs version 580 or newer",
  },
  {
    provider: "cuda",
    says: /no CUDA-capable device/i,
    means: "no NVIDIA card was found",
  },
  {
    provider: "cuda",
    says: /no kernel image is available/i,
    means: "the card is too old for CUDA 13; it needs compute capability 7.5 or more",
  },
  {
    provider: "webgpu",
    says: /failed to get a webgpu adapter|no supported adapters/i,
    means: "no graphics driver with Vulkan, Metal or Direct3D 12 was found",
  },
];

/** The name of a library that the loader could not find. */
const LACKS = /(lib[\w.+-]+): cannot open shared object file/;

/**
 * Why a provider cannot be used, in our words if its message is known, otherwise its own message without the source
 * location. `lastWords` is the process's other output, in which ONNX Runtime names a missing library.
 */
export function reasonInWords(provider: Provider, error: unknown, lastWords = ""): string {
  const raw = ownWords(error);
  const isLoading = /failed to load shared library/i.test(raw);
  const said = `${wholeWords(error)} ${isLoading ? lastWords : ""}`;
  const known = WORDS.find((entry) => entry.provider === provider && entry.says.test(said));
  const lacking = LACKS.exec(said)?.[1];
  if (known === undefined && lacking !== undefined)
    return `the library ${lacking} is not installed`;
  return known?.means ?? raw.replace(/^\/\S+:\d+ .*?was false\.\s*/, "");
}

/** The error's full text: ONNX Runtime can put the provider's message after a description of what it was doing. */
function wholeWords(error: unknown): string {
  const { cause } = error instanceof Error ? error : {};
  return typeof cause === "string" ? cause : ownWords(error);
}

function ownWords(error: unknown): string {
  if (!(error instanceof StudioError))
    return error instanceof Error ? error.message : String(error);
  return String(error.details["reason"] ?? error.message);
}
