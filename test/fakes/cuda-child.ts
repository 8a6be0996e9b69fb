// A process that installs from a fake host and can be killed during that. Arguments: the host's address, the folder,
// ONNX Runtime's own library.
import { installFrom } from "./cuda-wheels.ts";

const [url, folder, runtimeLibrary] = process.argv.slice(2);
let ticks = 0;

await installFrom(
  url!,
  { folder: folder!, runtimeLibrary: runtimeLibrary! },
  {
    now: () => (ticks += 1_000),
    onProgress: (progress) => {
      if (progress.stage === "downloading") process.stdout.write(`${progress.receivedBytes}\n`);
    },
  },
);
