import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fromWire, StudioError } from "../../engine/contract/errors.ts";
import type { Server, ServerChange } from "../../engine/contract/server.ts";
import { useStudio } from "../connection/studio.tsx";

/** A failed command, and how to retry it. */
export interface Refused {
  readonly error: Error;
  /** Whether the field it was typed in shows the error. */
  readonly isOfTyped: boolean;
  readonly again: () => void;
}

/** The server's commands. They never reject: the page's head shows failures. */
export interface ServerCommands {
  /** Whether it is starting or stopping. */
  readonly isBusy: boolean;
  readonly refused: Refused | undefined;
  readonly start: () => void;
  readonly stop: () => void;
  readonly change: (change: ServerChange) => void;
  /** Retries the refused command with this change, and starts the server if it is not running. */
  readonly startWith: (change: ServerChange) => void;
  /** Dismisses a refusal. */
  readonly dismiss: () => void;
}

/** The server's commands, run one at a time; their answers update the state at once. */
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

/** The server's current state. */
export function useServer() {
  const { queries } = useStudio();
  return useQuery(queries.server.get.queryOptions());
}

/** Whether an error concerns a certificate's files. */
export function isOfCertificate(error: Error | undefined): error is StudioError {
  return error instanceof StudioError && error.code === "CERTIFICATE_UNUSABLE";
}

/**
 * What went wrong: the last command's error, or the server's own. Errors in newly chosen certificate files are shown at
 * their fields.
 */
export function failureOf(
  { error }: Pick<Server, "error">,
  { refused, start }: Pick<ServerCommands, "refused" | "start">,
): Refused | undefined {
  if (refused !== undefined && !refused.isOfTyped) return refused;
  const known = fromWire(error);
  return known && { error: known, isOfTyped: false, again: start };
}
