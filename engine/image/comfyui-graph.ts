import type { ForeignRecord } from "../contract/image-record.ts";
import { isObject, type Json, modelName, parseObject, seedOf } from "./foreign-json.ts";
import { comfyuiScheduler } from "./foreign-samplers.ts";
import { keepValid } from "./keep-valid.ts";

/** Nodes that are looked at on one way through a graph. */
const MAX_WAY = 100;

type Graph = ReadonlyMap<string, Json>;

/** The inputs that lead on from a node to what the wanted value came from, best first. */
const TOWARDS = {
  positive: ["positive", "conditioning", "conditioning_1", "conditioning_to"],
  negative: ["negative", "conditioning", "conditioning_1", "conditioning_to"],
  latent: ["latent_image", "samples", "latent", "latents", "samples1"],
  model: ["model"],
} as const;

/**
 * How a picture was made, by the graph that ComfyUI writes under `prompt`: nodes by id, each a class and
 * inputs, an input being a value or a link `[node, output]`. Of several samplers the one that starts
 * from an empty picture counts; the rest only go over what it drew.
 */
export function parseComfyui(text: string): ForeignRecord | undefined {
  const graph = graphOf(text);
  const samplers = [...graph.values()].filter(isSampler);
  const sampler = samplers.find((node) => emptyLatent(graph, node) !== undefined) ?? samplers[0];
  if (sampler === undefined) return undefined;
  const latent = emptyLatent(graph, sampler);
  const denoise = valueOf(graph, sampler, "denoise");
  return keepValid({
    prompt: promptOf(graph, sampler, "positive"),
    negativePrompt: promptOf(graph, sampler, "negative"),
    steps: valueOf(graph, sampler, "steps"),
    guidanceScale: valueOf(graph, sampler, "cfg"),
    seed: seedOf(valueOf(graph, sampler, "seed") ?? valueOf(graph, sampler, "noise_seed")),
    width: latent?.["width"],
    height: latent?.["height"],
    scheduler: comfyuiScheduler(
      valueOf(graph, sampler, "sampler_name"),
      valueOf(graph, sampler, "scheduler"),
    ),
    model: modelName(follow(graph, sampler, "model", (node) => inputsOf(node)["ckpt_name"])),
    strength: latent === undefined && denoise !== 1 ? denoise : undefined,
    software: "ComfyUI",
  });
}

function graphOf(text: string): Graph {
  const nodes = Object.entries(parseObject(text) ?? {});
  return new Map(nodes.filter((entry): entry is [string, Json] => isNode(entry[1])));
}

function isNode(value: unknown): value is Json {
  return isObject(value) && isObject(value["inputs"]);
}

function isSampler(node: Json): boolean {
  return /^KSampler(?:Advanced)?\b/.test(String(node["class_type"]));
}

function promptOf(graph: Graph, sampler: Json, role: "positive" | "negative"): unknown {
  return follow(graph, sampler, role, (node) => {
    if (!String(node["class_type"]).startsWith("CLIPTextEncode")) return undefined;
    return valueOf(graph, node, "text") ?? valueOf(graph, node, "text_g");
  });
}

function emptyLatent(graph: Graph, sampler: Json): Json | undefined {
  return follow(graph, sampler, "latent", (node) => {
    const inputs = inputsOf(node);
    const isSized = typeof inputs["width"] === "number" && typeof inputs["height"] === "number";
    return isSized ? inputs : undefined;
  });
}

/** The first thing that `look` finds on the way from a node against the links. */
function follow<T>(
  graph: Graph,
  from: Json,
  way: keyof typeof TOWARDS,
  look: (node: Json) => T | undefined,
): T | undefined {
  let node: Json | undefined = from;
  for (let steps = 0; node !== undefined && steps < MAX_WAY; steps++) {
    const found = node === from ? undefined : look(node);
    if (found !== undefined) return found;
    const inputs = inputsOf(node);
    const link = TOWARDS[way].map((name) => inputs[name]).find(isLink);
    node = link && graph.get(String(link[0]));
  }
  return undefined;
}

/** An input's value; where it is linked, what the node there holds that can be meant. */
function valueOf(graph: Graph, node: Json, name: string): unknown {
  const names = [name, "value", "text", "string", "seed", "int", "float"];
  let value = inputsOf(node)[name];
  for (let steps = 0; isLink(value) && steps < MAX_WAY; steps++) {
    const inputs = inputsOf(graph.get(String(value[0])));
    value = names.map((candidate) => inputs[candidate]).find((found) => found !== undefined);
  }
  return isLink(value) ? undefined : value;
}

function inputsOf(node: Json | undefined): Json {
  const inputs = node?.["inputs"];
  return isObject(inputs) ? inputs : {};
}

function isLink(value: unknown): value is readonly [string | number, number] {
  return Array.isArray(value) && value.length === 2 && typeof value[1] === "number";
}
