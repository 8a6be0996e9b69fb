import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { cacheFolder } from "../store/cache-folder.ts";

/**
 * Caches Node's compiled form of our source, which otherwise has its types stripped and is compiled at every start:
 * half of a command's start-up time. Node finds it by content, ignores damaged entries, and writes new ones at the end
 * of the process. Without a cache everything still works.
 */
export function keepCompiledCode(): void {
  try {
    enableCompileCache(join(cacheFolder(), "code"));
  } catch {
    // A user without a home and without a temporary folder of their own.
  }
}
