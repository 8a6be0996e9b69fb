// A process that installs from a stand-in host and can be killed in the middle of it.
// Arguments: the source's address, the target folder, the cache folder.
import { installCuda } from "../../engine/cuda/install.ts";
import { goodPackage, machineWith, sourceOf } from "./cuda-package.ts";

const [url, targetFolder, cacheFolder] = process.argv.slice(2);
let ticks = 0;

await installCuda({
  source: sourceOf(goodPackage(), url!),
  targetFolder: targetFolder!,
  cacheFolder: cacheFolder!,
  environment: machineWith(),
  probe: async () => ({ ok: true }),
  now: () => (ticks += 1_000),
  onProgress: (progress) => {
    if (progress.stage === "downloading") process.stdout.write(`${progress.receivedBytes}\n`);
  },
});
