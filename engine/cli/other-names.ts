import type { Command } from "commander";

/** What other programs call the options of this one. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  "--sampler": "--scheduler",
  "--width": "--size",
  "--height": "--size",
  "--cfg": "--guidance",
  "--cfg-scale": "--guidance",
  "--guidance-scale": "--guidance",
  "--negative-prompt": "--negative",
  "--num-inference-steps": "--steps",
  "--batch-size": "--count",
  "--number": "--count",
  "--image": "--init-image",
  "--denoising-strength": "--strength",
  "--output": "--out",
};

/** The message of an unknown option with the command's own name for it, if it has one. */
export function withOwnName(message: string, command: Command): string {
  const option = /unknown option '(?<option>--[\w-]+)/.exec(message)?.groups?.["option"] ?? "";
  const own = OTHER_NAMES[option];
  const isKnown = command.options.some(({ long }) => long === own);
  if (own === undefined || !isKnown) return message;
  const [sentence = ""] = message.split("\n");
  return `${sentence}\n(Did you mean ${own}?)${message.endsWith("\n") ? "\n" : ""}`;
}
