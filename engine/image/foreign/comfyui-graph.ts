import { isObject, type Json } from "./foreign-json.ts";

/** Maximum number of nodes visited for one value: graphs can have cycles, and branch at every node. */
const MAX_LOOKS = 1000;

/** Maximum length of a combined text: that of a record's prompt. */
const MAX_TEXT = 100_000;

/** A link to an output of a node: the node's id and the output's number. */
type Link = readonly [id: string | number, output: number];

type Role = "positive" | "negative";

/** The inputs that lead to the origin of a value, best first. */
const PIPES = ["basic_pipe", "pipe"];
const CONDITIONING = ["conditioning", "cond1", ...PIPES];
const TOWARDS = {
  positive: ["positive", ...CONDITIONING],
  negative: ["negative", ...CONDITIONING],
  latent: ["latent_image", "samples", "latent", "latents", "samples1", ...PIPES, ""],
  model: ["model", "model1", ...PIPES],
} as const;

/** The inputs with a prompt in text encoders and loaders, best first. */
const TEXTS = ["text", "text_g", "populated_text", "prompt", "t5xxl", "clip_l"];

/** The inputs with the value in nodes that represent a single value. */
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

/** The parts of ComfyUI's custom samplers, by the inputs that link to them. */
const PARTS = ["sigmas", "sampler", "noise", "guider"];

/** Whether a node draws: judged by its class and by its prompt inputs. */
export function isSampler(node: Json): boolean {
  const inputs = inputsOf(node);
  const isFed = ["positive", "guider", ...PIPES].some((name) => isLink(inputs[name]));
  return isFed && /sampler/i.test(classOf(node));
}

/** A graph whose links are followed backwards. */
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

  /** A sampler together with the inputs of its parts. */
  whole(sampler: Json): Json {
    const inputs = [...PARTS.map((name) => this.#part(sampler, name)), inputsOf(sampler)];
    return { ...sampler, inputs: Object.fromEntries(inputs.flatMap(Object.entries)) };
  }

  /** Width and height of the empty latent that a sampler starts from, if it does. */
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

  /** A sampler's prompt, whichever nodes it was combined from. */
  prompt(sampler: Json, role: Role): string | undefined {
    this.#looksLeft = MAX_LOOKS;
    return this.#wordsAt(sampler, role);
  }

  /** The value of an input; if it is linked, the corresponding value of the linked node. */
  value(node: Json, name: string): unknown {
    this.#looksLeft = MAX_LOOKS;
    return this.#valueAt(inputsOf(node)[name], name);
  }

  #part(sampler: Json, name: string): Json {
    let node = this.#at(inputsOf(sampler)[name]);
    // Sigmas can be split, flipped and combined on their way.
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

  /** The first result of `look` when following links backwards from a node. */
  #follow<T>(
    from: Json,
    way: "latent" | "model",
    look: (node: Json) => T | undefined,
  ): T | undefined {
    let inputs = inputsOf(from);
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      const otherwise = way === "model" ? onlyLink(inputs) : undefined;
      const node = this.#at(nextLink(inputs, TOWARDS[way]) ?? otherwise);
      // The output of another sampler is not an empty latent, whatever that one started from.
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

/** Nodes that combine conditionings, and which of their inputs matter. */
const JOINED: Readonly<Record<string, (inputs: Json) => readonly string[]>> = {
  ConditioningCombine: () => ["conditioning_1", "conditioning_2"],
  ConditioningConcat: () => ["conditioning_to", "conditioning_from"],
  // The stronger one, since texts cannot be averaged.
  ConditioningAverage: ({ conditioning_to_strength: strength }) =>
    Number(strength) < 0.5 ? ["conditioning_from"] : ["conditioning_to"],
};

/** The settings implied by a part's class. */
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

/** The input to follow in an unknown node if there is only one: reroutes and switches. */
function onlyLink(inputs: Json): Link | undefined {
  const links = Object.values(inputs).filter(isLink);
  return links.length === 1 ? links[0] : undefined;
}

function isLink(value: unknown): value is Link {
  const [id, output] = Array.isArray(value) && value.length === 2 ? value : [];
  return (typeof id === "string" || typeof id === "number") && typeof output === "number";
}
