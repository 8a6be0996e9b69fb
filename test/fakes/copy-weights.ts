import { float32Copy } from "../../engine/store/weight-copy.ts";

/** A program that copies weights and reports when the copy is being written: `copy-weights.ts SOURCE CACHE_FOLDER`. */
const [source = "", cacheFolder = ""] = process.argv.slice(2);
await float32Copy(source, {
  cacheFolder,
  onProgress: ({ copy }) => copy !== undefined && process.stdout.write("writing\n"),
});
