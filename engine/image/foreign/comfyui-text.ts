import type { ForeignRecord } from "../../contract/image-record.ts";
import { comfyuiScheduler } from "../foreign-samplers.ts";
import { keepValid } from "../known-record.ts";
import { Graph, isSampler } from "./comfyui-graph.ts";
import { type Json, modelName, parseObject, seedOf } from "./foreign-json.ts";

/** Maximum number of samplers examined; real graphs have a few. */
const MAX_SAMPLERS = 100;

/**
 * Parses the graph that ComfyUI writes as `prompt`: nodes by id, each with a class and inputs, where an input is a
 * value or a link `[node, output]`.
 */
export function parseComfyui(text: string): ForeignRecord | undefined {
  const graph = new Graph(parseObject(text) ?? {});
  const sampler = samplerOf(graph);
  if (sampler === undefined) return undefined;
  const latent = graph.emptyLatent(sampler);
  const denoise = graph.value(sampler, "denoise");
  return keepValid({
    prompt: graph.prompt(sampler, "positive"),
    negativePrompt: graph.prompt(sampler, "negative"),
    steps: graph.value(sampler, "steps"),
    guidanceScale: graph.value(sampler, "cfg") ?? graph.value(sampler, "cfg_conds"),
    seed: seedOf(graph.value(sampler, "seed") ?? graph.value(sampler, "noise_seed")),
    ...latent,
    scheduler: comfyuiScheduler(
      graph.value(sampler, "sampler_name"),
      graph.value(sampler, "scheduler"),
    ),
    model: modelName(graph.model(sampler)),
    strength: latent === undefined && denoise !== 1 ? denoise : undefined,
    software: "ComfyUI",
  });
}

/**
 * If there are several samplers, the one that starts from an empty latent, since the others refine its picture; if all
 * start from a picture, the first.
 */
function samplerOf(graph: Graph): Json | undefined {
  const samplers = graph
    .nodes()
    .filter(isSampler)
    .slice(0, MAX_SAMPLERS)
    .map((node) => graph.whole(node));
  return samplers.find((sampler) => graph.emptyLatent(sampler)) ?? samplers[0];
}
