import { generate } from "./en/generate.ts";
import { words } from "./words.ts";

/** The keys of the form's labels, by the wire's names of the request's members. */
const LABELS = {
  prompt: "prompt",
  negativePrompt: "negativePrompt",
  steps: "quality.steps",
  guidanceScale: "quality.guidance",
  width: "size.width",
  height: "size.height",
  seed: "seed.title",
  count: "press.count",
  scheduler: "quality.sampler",
  precision: "quality.precision",
  preset: "grid.settings.preset",
  guidanceInterval: "quality.interval",
  cacheInterval: "quality.cache",
  decoder: "quality.decoder",
  strength: "start.strength",
  resizeMode: "start.fit",
  initImageId: "start.title",
  target: "target.title",
} as const;

/**
 * A refusal's field by the label of the form: `Negative prompt` for `negativePrompt`, or for `request.negativePrompt` of
 * a grid, and `Full steps` for the axis of a grid. Other fields stay as they are.
 */
export function fieldLabel(field: string): string {
  const t = words.getFixedT(null, "generate");
  const axis = /^The axis (.+)$/.exec(field)?.[1];
  if (axis !== undefined && isAxis(axis)) return t(`grid.settings.${axis}`);
  const name = field.replace(/^request\./, "");
  return isLabelled(name) ? t(LABELS[name]) : field;
}

function isLabelled(name: string): name is keyof typeof LABELS {
  return Object.hasOwn(LABELS, name);
}

function isAxis(name: string): name is keyof typeof generate.grid.settings {
  return Object.hasOwn(generate.grid.settings, name);
}
