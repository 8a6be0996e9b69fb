import { Command } from "commander";
import { expect, test } from "vitest";
import {
  withJoinedShares,
  withOwnName,
  withPictureFlags,
} from "../../../engine/cli/request-flags.ts";

/** The prompt and the interval that a command line results in. */
function read(line: readonly string[]): unknown {
  const command = withPictureFlags(new Command().argument("<prompt>")).exitOverride();
  command.configureOutput({ writeErr: () => {} });
  command.parse(withJoinedShares(line), { from: "user" });
  return [command.args[0], command.opts()["guidanceInterval"]];
}

test.each([
  [["--guidance-interval", "0.0", "0.8", "a fish"]],
  [["--guidance-interval", "0.0 0.8", "a fish"]],
  [["a fish", "--guidance-interval", "0", ".8"]],
  [["--guidance-interval=0,0.8", "a fish"]],
])("both shares are read in any position: %j", (line) => {
  expect(read(line)).toEqual(["a fish", [0, 0.8]]);
});

test.each([[["--guidance-interval", "0.8", "a fish"]], [["a", "--guidance-interval", "0 0.5 1"]]])(
  "anything else is wrong usage: %j",
  (line) => {
    expect(() => read(line)).toThrow("It is not like 0.0 0.8.");
  },
);

const generate = new Command("generate").option("--scheduler <name>").option("--size <size>");

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
])("the message %j becomes %j", (message, told) => {
  expect(withOwnName(message, generate)).toBe(told);
});
