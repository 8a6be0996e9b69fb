import { useEffect, useState } from "react";
import { useSearchParams } from "wouter";
import type { StudioError } from "../../../engine/contract/errors.ts";
import { fromWire } from "../../../engine/contract/errors.ts";
import type {
  Deployment,
  DeploymentPlace,
  WatchedDeployment,
} from "../../../engine/contract/deployments.ts";
import { pause } from "../../connection/event-stream.ts";
import { asFailure, ConnectionLost } from "../../connection/failure.ts";
import { useStudio } from "../../connection/studio.tsx";

const NAMES = ["cluster", "project", "watch"] as const;

/** The watched deployment. It is kept in the address, so that a reload continues to watch it. */
export function useWatchedPlace(): readonly [
  DeploymentPlace | undefined,
  (place: DeploymentPlace | undefined) => void,
] {
  const [address, setAddress] = useSearchParams();
  const [clusterId, namespace, name] = NAMES.map((key) => address.get(key));
  const place = clusterId && namespace && name ? { clusterId, namespace, name } : undefined;
  const watch = (next: DeploymentPlace | undefined) => {
    const values = next && [next.clusterId, next.namespace, next.name];
    // Keeps the address's other parameters.
    const others = new URLSearchParams(address);
    for (const [index, name] of NAMES.entries()) {
      const value = values?.[index];
      if (value === undefined) others.delete(name);
      else others.set(name, value);
    }
    setAddress(others);
  };
  return [place, watch];
}

/** What is known about a watched deployment. */
export interface Watched {
  readonly deployment?: Deployment;
  /** When its current state was first seen, by this computer's clock; milliseconds. */
  readonly since?: number;
  readonly endpointId?: string;
  readonly endpointError?: StudioError | undefined;
  readonly isGone?: boolean;
  /** The stream broke and is being reopened. */
  readonly isLost?: boolean;
  /** It cannot be watched. */
  readonly error?: Error | undefined;
}

interface WatchedAgain extends Watched {
  /** Starts again after it gave up. */
  readonly again: () => void;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;

/** Watches a deployment while the page is open; a broken stream is reopened with growing delays. */
export function useWatch({ clusterId, namespace, name }: DeploymentPlace): WatchedAgain {
  const { client } = useStudio();
  const [watched, setWatched] = useState<Watched>({});
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    setWatched({});
    const leaving = new AbortController();
    const { signal } = leaving;
    const once = async () => {
      const place = { clusterId, namespace, name };
      for await (const event of await client.deploy.watch(place, { signal })) {
        setWatched((before) => after(before, event));
        if (event.type === "gone" || event.type === "failed") leaving.abort();
      }
    };
    const follow = async () => {
      for (let delayMs = FIRST_DELAY_MS; !signal.aborted;) {
        const begun = performance.now();
        const error = await once().then(() => undefined, asFailure);
        if (signal.aborted) return;
        if (error !== undefined && !(error instanceof ConnectionLost)) {
          return setWatched((before) => ({ ...before, error }));
        }
        setWatched((before) => ({ ...before, isLost: true }));
        await pause(delayMs, signal);
        // A stream that lasted does not count as a failed attempt.
        const hasLasted = performance.now() - begun > LONGEST_DELAY_MS + delayMs;
        delayMs = hasLasted ? FIRST_DELAY_MS : Math.min(2 * delayMs, LONGEST_DELAY_MS);
      }
    };
    void follow();
    return () => leaving.abort();
  }, [client, clusterId, namespace, name, attempt]);
  return { ...watched, again: () => setAttempt((before) => before + 1) };
}

/** What is known after an event. */
export function after(before: Watched, event: WatchedDeployment, now = Date.now()): Watched {
  const { isLost: _, ...known } = before;
  switch (event.type) {
    case "state": {
      const isSame = known.deployment?.state.state === event.deployment.state.state;
      const { deployment } = event;
      const { endpointId = known.endpointId } = deployment;
      return {
        ...known,
        deployment,
        ...(endpointId !== undefined && { endpointId }),
        since: isSame ? (known.since ?? now) : now,
      };
    }
    case "endpoint": {
      const { endpointError: _gone, ...rest } = known;
      return { ...rest, endpointId: event.endpointId };
    }
    case "endpoint-failed":
      return { ...known, endpointError: fromWire(event.error) };
    case "failed":
      return { ...known, error: fromWire(event.error) };
    case "gone":
      return { ...known, isGone: true };
  }
}
