import childProcess from "node:child_process";
import { createRequire, syncBuiltinESMExports } from "node:module";
import type { InferenceSession as Session } from "onnxruntime-node";

/**
 * Loaded before a host with `--import`; its inference process then has memory for small pictures only. Pictures of more
 * than 256 pixels a side are refused as ONNX Runtime refuses them.
 */
const LARGEST_LATENT = 32;

if (process.argv[1]?.includes("inference-process") === true) refuseLargePictures();
else loadIntoInferenceProcesses();

/** Inference processes get only selected environment variables, and NODE_OPTIONS is not one of them. */
function loadIntoInferenceProcesses(): void {
  const { fork } = childProcess;
  const own = `--import=${import.meta.url}`;
  const shorn = (program: string, options: childProcess.ForkOptions = {}) =>
    fork(program, { ...options, execArgv: [...(options.execArgv ?? []), own] });
  Object.assign(childProcess, { fork: shorn });
  syncBuiltinESMExports();
}

function refuseLargePictures(): void {
  const runtime: { InferenceSession: { create: (...args: unknown[]) => Promise<Session> } } =
    createRequire(import.meta.url)("onnxruntime-node");
  const create = runtime.InferenceSession.create.bind(runtime.InferenceSession);
  runtime.InferenceSession.create = async (...args) => {
    const session = await create(...args);
    const run = session.run.bind(session);
    const checked = async (...asked: Parameters<Session["run"]>) => {
      const widths = Object.values(asked[0]).map(({ dims }) => (dims.length === 4 ? dims[3] : 0));
      if (widths.every((width = 0) => width <= LARGEST_LATENT)) return run(...asked);
      throw new Error("Failed to allocate memory for requested buffer of size 268435456");
    };
    return Object.assign(session, { run: checked });
  };
}
