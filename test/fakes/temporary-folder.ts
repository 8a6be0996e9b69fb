import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Real path of an empty folder that is deleted when the current test has finished. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "darkroom-test-")));
  // Work that a test left running may still create files there.
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 };
  onTestFinished(() => rmSync(folder, options));
  return folder;
}
