import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

export const STUB = join(import.meta.dirname, "..", "fakes", "host-stub.js");

/** Sets the host stub's behaviour; returns its notes. */
export function stubNotes(mode: string): () => unknown[] {
  const path = join(temporaryFolder(), "notes");
  vi.stubEnv("STUB", `${mode} ${path}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  return () =>
    existsSync(path)
      ? readFileSync(path, "utf8")
          .trim()
          .split("\n")
          .map((line): unknown => JSON.parse(line))
      : [];
}
