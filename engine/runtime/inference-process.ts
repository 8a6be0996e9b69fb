/**
 * The inference process: ONNX Runtime in a plain Node process of its own, because its calls block the thread and a
 * crash in it must not take the studio down. It knows about sessions and nothing about pictures.
 */
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { Tensors } from "../pipeline/session.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Numbered, Reply, Request, SessionOptions } from "./messages.ts";

const sessions = new Map<number, InferenceSession>();
const kept = new Map<number, Record<string, OrtTensor>>();

process.on("message", (request: Numbered<Request>) => {
  void answer(request).then((reply) => process.send?.(reply));
});
process.on("disconnect", () => process.exit(0));

async function answer(request: Numbered<Request>): Promise<Reply> {
  try {
    return { id: request.id, outputs: await perform(request) };
  } catch (error) {
    return { id: request.id, failure: error instanceof Error ? error.message : String(error) };
  }
}

async function perform(request: Request): Promise<Tensors> {
  switch (request.kind) {
    case "open":
      sessions.set(
        request.session,
        await InferenceSession.create(request.graph, ortOptions(request.options)),
      );
      return {};
    case "run":
      return run(request);
    case "close":
      await sessions.get(request.session)?.release();
      sessions.delete(request.session);
      kept.delete(request.session);
      return {};
  }
}

async function run(request: Extract<Request, { kind: "run" }>): Promise<Tensors> {
  const session = sessions.get(request.session);
  if (session === undefined) throw new Error(`session ${request.session} is not open`);
  const feeds = feedsKeptFor(session, request.with ?? []);
  for (const [name, { data, shape }] of Object.entries(request.inputs)) {
    feeds[name] =
      data instanceof Float32Array
        ? new OrtTensor("float32", data, shape)
        : new OrtTensor("int32", data, shape);
  }
  const outputs = Object.entries(await session.run(feeds));
  const stays = ([name]: (typeof outputs)[number]): boolean =>
    request.keep?.includes(name) === true;
  kept.set(request.keepAs ?? request.session, Object.fromEntries(outputs.filter(stays)));
  const told = outputs.filter((output) => !stays(output));
  return Object.fromEntries(told.map(([name, value]) => [name, plain(value)]));
}

/** The kept outputs of other sessions that this one takes as inputs. */
function feedsKeptFor(
  { inputNames }: InferenceSession,
  others: readonly number[],
): Record<string, OrtTensor> {
  const all = others.flatMap((other) => Object.entries(kept.get(other) ?? {}));
  return Object.fromEntries(all.filter(([name]) => inputNames.includes(name)));
}

/** Every graph of ours outputs float32. */
function plain({ data, dims }: OrtTensor): Tensor {
  if (!(data instanceof Float32Array)) throw new Error("an output is not float32");
  return { shape: dims, data };
}

/** Names of ONNX Runtime's optimizers. */
const UNFOLDED = { disable_specified_optimizers: "ConstantFolding" };

function ortOptions({
  provider,
  folder,
  weights,
  threads,
  makesAnew,
  withoutArena,
}: SessionOptions): InferenceSession.SessionOptions {
  const session: Record<string, string> = {};
  if (folder !== undefined) session["model_external_initializers_file_folder_path"] = folder;
  if (weights === "mapped") session["disable_prepacking"] = "1";
  return {
    executionProviders: [provider],
    // `all` converts convolution weights to a blocked layout, in a copy: the opposite of mapping.
    graphOptimizationLevel: weights === "mapped" ? "extended" : "all",
    logSeverityLevel: 3,
    // A preallocated block in addition to the arena: 0.8 GB more for a UNet at 64x64 latents, and no faster.
    enableMemPattern: false,
    enableCpuMemArena: withoutArena !== true,
    extra: makesAnew === true ? { session, optimization: UNFOLDED } : { session },
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  };
}
