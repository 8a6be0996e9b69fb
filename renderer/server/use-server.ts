import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fromWire, type WireError } from "../../engine/contract/errors.ts";
import type { Server, ServerChange } from "../../engine/contract/server.ts";
import { useStudio } from "../connection/studio.tsx";

/** A command that failed, and how to try it again. */
export interface Refused {
  readonly error: Error;
  readonly again: () => void;
}

/** What can be done with the server. Nobody need catch anything: what failed is told by the page's head. */
export interface ServerCommands {
  readonly isBusy: boolean;
  readonly refused: Refused | undefined;
  readonly start: () => void;
  readonly stop: () => void;
  readonly change: (change: ServerChange) => void;
  /** Changes what kept it from running, and starts it. */
  readonly startWith: (change: ServerChange) => void;
}

/** The server's commands, one at a time; what it says of itself is known at once. */
export function useServerCommands(): ServerCommands {
  const { client, queries, cache } = useStudio();
  const [isBusy, setIsBusy] = useState(false);
  const [refused, setRefused] = useState<Refused>();
  const run = async (command: () => Promise<Server>) => {
    setIsBusy(true);
    setRefused(undefined);
    try {
      cache.setQueryData(queries.server.get.queryKey(), await command());
    } catch (error) {
      const known = error instanceof Error ? error : new Error(String(error));
      setRefused({ error: known, again: () => void run(command) });
      // A change may be kept though the server cannot listen by it.
      void cache.invalidateQueries({ queryKey: queries.server.get.queryKey() });
    } finally {
      setIsBusy(false);
    }
  };
  return {
    isBusy,
    refused,
    start: () => void run(() => client.server.start()),
    stop: () => void run(() => client.server.stop()),
    change: (change) => void run(() => client.server.change(change)),
    startWith: (change) =>
      void run(async () => {
        const server = await client.server.change(change);
        return server.state === "running" ? server : client.server.start();
      }),
  };
}

/** The server as it stands. */
export function useServer() {
  const { queries } = useStudio();
  return useQuery(queries.server.get.queryOptions());
}

/** Why it does not run: what a command just said, or what it says itself. */
export function failureOf(
  { error }: { readonly error?: WireError | undefined },
  { refused, start }: ServerCommands,
): Refused | undefined {
  if (refused !== undefined) return refused;
  const known = fromWire(error);
  return known && { error: known, again: start };
}
