import { useEffect, useState } from "react";
import type { ScannedModel, ScanProgress } from "../../engine/contract/folders.ts";
import { useStudio } from "../connection/studio.tsx";

interface Scan {
  readonly end: NonNullable<ScanProgress["end"]> | "stopped" | "running";
  /** Number of files and folders examined. */
  readonly entries: number;
  /** The folder being examined. */
  readonly at: string;
  readonly found: readonly ScannedModel[];
  readonly closed: readonly string[];
  readonly error: Error | undefined;
}

const begun = (at: string): Scan => {
  return { end: "running", entries: 0, at, found: [], closed: [], error: undefined };
};

/** Searches until it is finished, stopped, or closed. */
export function useScan(folder: string) {
  const { client } = useStudio();
  const [scan, setScan] = useState(() => begun(folder));
  const [leaving, setLeaving] = useState<AbortController>();
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    setLeaving(controller);
    setScan(begun(folder));
    const follow = async () => {
      for await (const progress of await client.models.scan({ folder }, { signal })) {
        setScan((before) => ({
          end: progress.end ?? "running",
          entries: progress.entries,
          at: progress.folder,
          found: [...before.found, ...progress.found],
          closed: [...before.closed, ...progress.closed],
          error: undefined,
        }));
      }
    };
    follow().catch((cause: unknown) => {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      if (!signal.aborted) setScan((before) => ({ ...before, end: "stopped", error }));
    });
    return () => controller.abort();
  }, [client, folder]);
  const stop = () => {
    leaving?.abort();
    setScan((before) => ({ ...before, end: "stopped" }));
  };
  return { ...scan, stop };
}
