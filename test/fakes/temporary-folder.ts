import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Real path of an empty folder that is gone when the running test has finished. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "darkroom-test-")));
  // What a test left to end by itself may still put a file there.
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 };
  onTestFinished(() => rmSync(folder, options));
  return folder;
}
