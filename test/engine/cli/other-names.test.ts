import { Command } from "commander";
import { expect, test } from "vitest";
import { withOwnName } from "../../../engine/cli/other-names.ts";

const command = new Command("generate").option("--scheduler <name>").option("--size <size>");

test.each([
  [
    "error: unknown option '--sampler'\n",
    "error: unknown option '--sampler'\n(Did you mean --scheduler?)\n",
  ],
  [
    "error: unknown option '--width=8'",
    "error: unknown option '--width=8'\n(Did you mean --size?)",
  ],
  ["error: unknown option '--cfg'\n", "error: unknown option '--cfg'\n"],
  [
    "error: unknown option '--other'\n(Did you mean --size?)",
    "error: unknown option '--other'\n(Did you mean --size?)",
  ],
  ["error: unknown command 'lst'\n", "error: unknown command 'lst'\n"],
])("%j becomes %j", (message, told) => {
  expect(withOwnName(message, command)).toBe(told);
});
