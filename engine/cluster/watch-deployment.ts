import { setTimeout as delay } from "node:timers/promises";
import type { Deployment, DeploymentPlace } from "../contract/deployments.ts";
import { StudioError } from "../contract/errors.ts";
import { pathOf } from "../deploy/applied-objects.ts";
import { textAt } from "../deploy/waiting/observed.ts";
import type { ClusterClient } from "./cluster-client.ts";
import { deploymentOf, observe, type Seen } from "./observe.ts";

/** How often things are checked that the API cannot report by itself, such as logs. */
export interface WatchTiming {
  readonly waitingMs: number;
  /** While it is ready. */
  readonly readyMs: number;
  /** How long a cluster that does not answer is waited for. */
  readonly patienceMs: number;
}

export const WATCH_TIMING: WatchTiming = { waitingMs: 3000, readyMs: 20_000, patienceMs: 120_000 };

/** Log lines that are examined. */
const LINES = 60;

/** The state of a deployment and what it was derived from; undefined once it is gone. */
export interface Watched {
  readonly deployment: Deployment;
  readonly seen: Seen;
}

/**
 * The state of a deployment, now and at every change, until it is gone or `signal` aborts. A cluster that does not
 * answer is waited for, and then refused.
 */
export async function* watchDeployment(
  client: ClusterClient,
  place: DeploymentPlace,
  signal: AbortSignal,
  timing: WatchTiming = WATCH_TIMING,
): AsyncGenerator<Watched> {
  const changes = new Changes(client, place, signal);
  let told: string | undefined;
  let failingSince: number | undefined;
  while (!signal.aborted) {
    let waitMs = timing.waitingMs;
    try {
      const seen = await observe(client, place, { lines: LINES, signal });
      failingSince = undefined;
      changes.follow(textAt(seen.service, "metadata", "resourceVersion"));
      const deployment = deploymentOf(place.clusterId, seen);
      const text = JSON.stringify(deployment);
      if (text !== told) yield { deployment, seen };
      told = text;
      if (deployment.state.outlook === "ready") waitMs = timing.readyMs;
    } catch (error) {
      if (signal.aborted) return;
      if (isGone(error) && told !== undefined) return;
      failingSince ??= performance.now();
      if (!isPassing(error) || performance.now() - failingSince > timing.patienceMs) throw error;
    }
    await changes.orAfter(waitMs);
  }
}

function isGone(error: unknown): boolean {
  return error instanceof StudioError && error.code === "NOT_FOUND";
}

/** Whether a cluster may answer soon: its API is restarted now and then. */
function isPassing(error: unknown): boolean {
  return error instanceof StudioError && /^CLUSTER_(UNREACHABLE|BUSY)$/.test(error.code);
}

/**
 * Watches an InferenceService for changes. The watch starts at a resource version, and again at the next one after it
 * ended or the API has forgotten its version (410 Gone). A change only makes the next check happen sooner.
 */
class Changes {
  readonly #client: ClusterClient;
  readonly #place: DeploymentPlace;
  readonly #signal: AbortSignal;
  #isFollowing = false;
  #hasChanged = false;
  #wake = (): void => {};

  constructor(client: ClusterClient, place: DeploymentPlace, signal: AbortSignal) {
    this.#client = client;
    this.#place = place;
    this.#signal = signal;
  }

  /** Starts at a version, unless a watch is already running. */
  follow(resourceVersion: string): void {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    void this.#run(resourceVersion);
  }

  /** Resolves at the next change, after a while, or when the signal aborts. */
  async orAfter(ms: number): Promise<void> {
    const over = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    if (this.#hasChanged) resolve();
    this.#hasChanged = false;
    const signal = AbortSignal.any([this.#signal, over.signal]);
    await Promise.race([promise, delay(ms, undefined, { signal }).catch(() => undefined)]);
    over.abort();
    // Controllers write a status in many small steps.
    await delay(Math.min(ms, SETTLE_MS), undefined, { signal: this.#signal }).catch(
      () => undefined,
    );
  }

  async #run(resourceVersion: string): Promise<void> {
    const { namespace, name } = this.#place;
    const query = { fieldSelector: `metadata.name=${name}`, resourceVersion };
    const path = pathOf("InferenceService", namespace);
    try {
      for await (const { type } of this.#client.watch({ path, query, signal: this.#signal })) {
        // The version is no longer known: the next check starts a new watch.
        if (type === "ERROR") break;
        if (type !== "BOOKMARK") this.#tell();
      }
    } catch {
      // The next check finds the same error and reports it.
    }
    this.#isFollowing = false;
  }

  #tell(): void {
    this.#hasChanged = true;
    this.#wake();
  }
}

const SETTLE_MS = 300;
