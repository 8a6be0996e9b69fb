import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fromWire, StudioError } from "../../engine/contract/errors.ts";
import type { Server, ServerChange } from "../../engine/contract/server.ts";
import { useStudio } from "../connection/studio.tsx";

/** A command that failed, and how to try it again. */
export interface Refused {
  readonly error: Error;
  /** Whether the field tells it in which it was typed. */
  readonly isOfTyped: boolean;
  readonly again: () => void;
}

/** What can be done with the server. Nobody need catch anything: what failed is told by the page's head. */
export interface ServerCommands {
  /** Whether it is being started or stopped. */
  readonly isBusy: boolean;
  readonly refused: Refused | undefined;
  readonly start: () => void;
  readonly stop: () => void;
  readonly change: (change: ServerChange) => void;
  /** What was refused, changed by this; and it is started where it does not run. */
  readonly startWith: (change: ServerChange) => void;
  /** Lets a refusal be. */
  readonly dismiss: () => void;
}

/** The server's commands, one at a time; what it says of itself is known at once. */
export function useServerCommands(): ServerCommands {
  const { client, queries, cache } = useStudio();
  const [isBusy, setIsBusy] = useState(false);
  const [refused, setRefused] = useState<Refused & { readonly change: ServerChange }>();
  const run = async (command: () => Promise<Server>, change: ServerChange = {}) => {
    setRefused(undefined);
    try {
      cache.setQueryData(queries.server.get.queryKey(), await command());
    } catch (error) {
      const known = error instanceof Error ? error : new Error(String(error));
      const isOfTyped = isOfCertificate(known) && change.tls !== undefined;
      setRefused({ error: known, isOfTyped, change, again: () => void run(command, change) });
      void cache.invalidateQueries({ queryKey: queries.server.get.queryKey() });
    }
  };
  const turn = async (command: () => Promise<Server>, change?: ServerChange) => {
    setIsBusy(true);
    await run(command, change);
    setIsBusy(false);
  };
  const start = async (change: ServerChange) => {
    const server = await client.server.change(change);
    return server.state === "running" ? server : client.server.start();
  };
  return {
    isBusy,
    refused,
    start: () => void turn(() => client.server.start()),
    stop: () => void turn(() => client.server.stop()),
    change: (change) => void run(() => client.server.change(change), change),
    startWith: (change) => {
      const whole = { ...refused?.change, ...change };
      void turn(() => start(whole), whole);
    },
    dismiss: () => setRefused(undefined),
  };
}

/** The server as it stands. */
export function useServer() {
  const { queries } = useStudio();
  return useQuery(queries.server.get.queryOptions());
}

/** Whether a file of a certificate is to blame. */
export function isOfCertificate(error: Error | undefined): error is StudioError {
  return error instanceof StudioError && error.code === "CERTIFICATE_UNUSABLE";
}

/**
 * What went wrong: what a command just said, or what the server says itself. Files of a certificate that
 * were just chosen are told of beside their fields.
 */
export function failureOf(
  { error }: Pick<Server, "error">,
  { refused, start }: Pick<ServerCommands, "refused" | "start">,
): Refused | undefined {
  if (refused !== undefined && !refused.isOfTyped) return refused;
  const known = fromWire(error);
  return known && { error: known, isOfTyped: false, again: start };
}
