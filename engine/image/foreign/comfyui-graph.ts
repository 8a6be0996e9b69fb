import { isObject, type Json } from "./foreign-json.ts";

/** Nodes looked at for one value: graphs may have circles, and fork at every node. */
const MAX_LOOKS = 1000;

/** Longest text that is put together of several: as long as a record's prompt may be. */
const MAX_TEXT = 100_000;

/** A link to a node's output: its id and the output's number. */
type Link = readonly [id: string | number, output: number];

type Role = "positive" | "negative";

/** The inputs that lead on from a node to what the wanted value came from, best first. */
const PIPES = ["basic_pipe", "pipe"];
const CONDITIONING = ["conditioning", "cond1", ...PIPES];
const TOWARDS = {
  positive: ["positive", ...CONDITIONING],
  negative: ["negative", ...CONDITIONING],
  latent: ["latent_image", "samples", "latent", "latents", "samples1", ...PIPES, ""],
  model: ["model", "model1", ...PIPES],
} as const;

/** Where text encoders and loaders have a prompt, best first. */
const TEXTS = ["text", "text_g", "populated_text", "prompt", "t5xxl", "clip_l"];

/** Where a node that stands for one value has it. */
const VALUES = [
  "value",
  "text",
  "string",
  "seed",
  "noise_seed",
  "int",
  "float",
  "number",
  "prompt",
  "",
];

/** The nodes that ComfyUI's own custom samplers are put together of, by the input that names each. */
const PARTS = ["sigmas", "sampler", "noise", "guider"];

/** Says whether a node draws: it is one by its class, and is fed with prompts. */
export function isSampler(node: Json): boolean {
  const inputs = inputsOf(node);
  const isFed = ["positive", "guider", ...PIPES].some((name) => isLink(inputs[name]));
  return isFed && /sampler/i.test(classOf(node));
}

/** A graph of links that are followed against their direction. */
export class Graph {
  readonly #nodes: ReadonlyMap<string, Json>;
  #looksLeft = 0;

  constructor(nodes: Json) {
    this.#nodes = new Map(
      Object.entries(nodes).filter(
        (entry): entry is [string, Json] => isObject(entry[1]) && isObject(entry[1]["inputs"]),
      ),
    );
  }

  nodes(): readonly Json[] {
    return [...this.#nodes.values()];
  }

  /** A sampler with the inputs of the nodes that it is put together of. */
  whole(sampler: Json): Json {
    const inputs = [...PARTS.map((name) => this.#part(sampler, name)), inputsOf(sampler)];
    return { ...sampler, inputs: Object.fromEntries(inputs.flatMap(Object.entries)) };
  }

  /** Width and height of the empty picture that a sampler starts from, if that is what it starts from. */
  emptyLatent(sampler: Json): { readonly width: unknown; readonly height: unknown } | undefined {
    return this.#follow(sampler, "latent", (node) => {
      const isEmpty = !["samples", "latent", "pixels", "image"].some(
        (name) => name in inputsOf(node),
      );
      const [width, height] = ["width", "height"].map(
        (side) => this.value(node, side) ?? this.value(node, `empty_latent_${side}`),
      );
      const isSized = typeof width === "number" && typeof height === "number";
      return isEmpty && isSized ? { width, height } : undefined;
    });
  }

  model(sampler: Json): unknown {
    return this.#follow(
      sampler,
      "model",
      (node) => this.value(node, "ckpt_name") ?? this.value(node, "unet_name"),
    );
  }

  /** The words that a sampler was given, however many nodes they came together in. */
  prompt(sampler: Json, role: Role): string | undefined {
    this.#looksLeft = MAX_LOOKS;
    return this.#wordsAt(sampler, role);
  }

  /** An input's value; where it is linked, what the node there holds that can be meant. */
  value(node: Json, name: string): unknown {
    this.#looksLeft = MAX_LOOKS;
    return this.#valueAt(inputsOf(node)[name], name);
  }

  #part(sampler: Json, name: string): Json {
    let node = this.#at(inputsOf(sampler)[name]);
    // Sigmas are cut, turned around and joined on their way.
    for (let looks = 0; looks < MAX_LOOKS && isLink(inputsOf(node)[name]); looks++) {
      node = this.#at(inputsOf(node)[name]);
    }
    return node === undefined ? {} : { ...saidByClass(node), ...inputsOf(node) };
  }

  #wordsAt(node: Json, role: Role): string | undefined {
    const inputs = inputsOf(node);
    const written = inputs[role];
    if (typeof written === "string") return written;
    return this.#wordsBehind(nextLink(inputs, TOWARDS[role]) ?? onlyLink(inputs), role);
  }

  #wordsBehind(link: unknown, role: Role): string | undefined {
    const node = this.#at(link);
    if (node === undefined || this.#looksLeft-- <= 0) return undefined;
    const kind = classOf(node);
    if (kind === "ConditioningZeroOut") return "";
    const given = inputsOf(node);
    if (isLink(given["clip"]) || /TextEncode/.test(kind)) {
      const words = TEXTS.map((name) => this.#valueAt(given[name], name));
      return words.find((found) => typeof found === "string");
    }
    const joined = JOINED[kind];
    if (joined === undefined) return this.#wordsAt(node, role);
    return joinTexts(
      joined(given).map((name) => this.#wordsBehind(given[name], role)),
      ", ",
    );
  }

  #valueAt(value: unknown, name: string): unknown {
    let found = value;
    while (isLink(found)) {
      const node = this.#at(found);
      if (node === undefined || this.#looksLeft-- <= 0) return undefined;
      const inputs = inputsOf(node);
      const parts = Object.keys(inputs).filter((key) => /^(?:string|text)_[a-z]$/.test(key));
      if (parts.length > 1) {
        const texts = parts.toSorted().map((key) => this.#valueAt(inputs[key], key));
        const { delimiter } = inputs;
        return joinTexts(texts, typeof delimiter === "string" ? delimiter : "");
      }
      found = [name, ...VALUES].map((key) => inputs[key]).find((input) => input !== undefined);
    }
    return found;
  }

  /** The first thing that `look` finds on the way from a node against the links. */
  #follow<T>(
    from: Json,
    way: "latent" | "model",
    look: (node: Json) => T | undefined,
  ): T | undefined {
    let inputs = inputsOf(from);
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      const otherwise = way === "model" ? onlyLink(inputs) : undefined;
      const node = this.#at(nextLink(inputs, TOWARDS[way]) ?? otherwise);
      // What another sampler drew is no empty picture, whatever that one started from.
      if (node === undefined || (way === "latent" && isSampler(node))) return undefined;
      const found = look(node);
      if (found !== undefined) return found;
      inputs = inputsOf(node);
    }
    return undefined;
  }

  #at(link: unknown): Json | undefined {
    return isLink(link) ? this.#nodes.get(String(link[0])) : undefined;
  }
}

/** Nodes in which several conditionings come together, and the inputs of those that are heard. */
const JOINED: Readonly<Record<string, (inputs: Json) => readonly string[]>> = {
  ConditioningCombine: () => ["conditioning_1", "conditioning_2"],
  ConditioningConcat: () => ["conditioning_to", "conditioning_from"],
  // The stronger one: no words lie between two texts.
  ConditioningAverage: ({ conditioning_to_strength: strength }) =>
    Number(strength) < 0.5 ? ["conditioning_from"] : ["conditioning_to"],
};

/** What the class of a part says without an input for it. */
function saidByClass(node: Json): Json {
  const [, schedule] =
    /^(Karras|Exponential|Beta)(?:Sampling)?Scheduler$/.exec(classOf(node)) ?? [];
  if (schedule !== undefined) return { scheduler: schedule.toLowerCase() };
  const [, sampler] = /^Sampler([A-Z]\w*)$/.exec(classOf(node)) ?? [];
  const snake = sampler?.replaceAll(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
  if (snake !== undefined) return { sampler_name: snake };
  return classOf(node) === "BasicGuider" ? { cfg: 1, negative: "" } : {};
}

function joinTexts(texts: readonly unknown[], delimiter: string): string | undefined {
  const said = texts.filter((text) => typeof text === "string");
  const length = said.reduce((sum, text) => sum + text.length + delimiter.length, 0);
  if (said.length === 0 || length > MAX_TEXT) return undefined;
  return said.filter((text) => text !== "").join(delimiter);
}

function classOf(node: Json): string {
  return String(node["class_type"]);
}

function inputsOf(node: Json | undefined): Json {
  const inputs = node?.["inputs"];
  return isObject(inputs) ? inputs : {};
}

function nextLink(inputs: Json, names: readonly string[]): Link | undefined {
  return names.map((name) => inputs[name]).find(isLink);
}

/** Where a node that is not known leads on to, if that is beyond doubt: reroutes and switches. */
function onlyLink(inputs: Json): Link | undefined {
  const links = Object.values(inputs).filter(isLink);
  return links.length === 1 ? links[0] : undefined;
}

function isLink(value: unknown): value is Link {
  const [id, output] = Array.isArray(value) && value.length === 2 ? value : [];
  return (typeof id === "string" || typeof id === "number") && typeof output === "number";
}
