import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { cacheFolder } from "../store/cache-folder.ts";

/**
 * Keeps what Node makes of our source, which it otherwise strips of types and compiles at every start: half of
 * what a command takes to begin. Node finds it by content, passes over what is damaged, and writes at the end
 * of a process what was new. Where it cannot be kept everything works without.
 */
export function keepCompiledCode(): void {
  try {
    enableCompileCache(join(cacheFolder(), "code"));
  } catch {
    // A user without a home, and without a temporary folder of their own.
  }
}
