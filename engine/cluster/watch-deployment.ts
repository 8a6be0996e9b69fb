import { setTimeout as delay } from "node:timers/promises";
import type { Deployment, DeploymentPlace } from "../contract/deployments.ts";
import { StudioError } from "../contract/errors.ts";
import { pathOf } from "../deploy/applied-objects.ts";
import { textAt } from "../deploy/waiting/observed.ts";
import type { ClusterClient } from "./cluster-client.ts";
import { deploymentOf, observe, type Seen } from "./observe.ts";

/** How often is looked at what the API cannot tell by itself, such as logs. */
export interface WatchTiming {
  readonly waitingMs: number;
  /** Once it is ready. */
  readonly readyMs: number;
  /** Until a cluster that does not answer is given up. */
  readonly patienceMs: number;
}

export const WATCH_TIMING: WatchTiming = { waitingMs: 3000, readyMs: 20_000, patienceMs: 120_000 };

/** Lines of each log that are looked at. */
const LINES = 60;

/** A state of a deployment, with what it was seen by; undefined once it is gone. */
export interface Watched {
  readonly deployment: Deployment;
  readonly seen: Seen;
}

/**
 * A deployment now and whenever it looks otherwise, until it is gone or `signal` aborts. A cluster that does not
 * answer for a while is waited for, and then refused.
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

/** Whether a cluster may answer in a moment: its API is restarted now and then. */
function isPassing(error: unknown): boolean {
  return error instanceof StudioError && /^CLUSTER_(UNREACHABLE|BUSY)$/.test(error.code);
}

/**
 * Hears of changes to an InferenceService by a watch of the API. It begins at a version, is begun anew at the next
 * one after it has ended or the API has forgotten its version (410 Gone), and is only ever a reason to look sooner.
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

  /** Begins at a version, unless it follows already. */
  follow(resourceVersion: string): void {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    void this.#run(resourceVersion);
  }

  /** Resolves at the next change, or after a while, or when the signal aborts. */
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
        // The version is forgotten: whoever looks next begins anew.
        if (type === "ERROR") break;
        if (type !== "BOOKMARK") this.#tell();
      }
    } catch {
      // What is wrong is found again, and told, by whoever looks.
    }
    this.#isFollowing = false;
  }

  #tell(): void {
    this.#hasChanged = true;
    this.#wake();
  }
}

const SETTLE_MS = 300;
