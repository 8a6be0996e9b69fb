import { Command } from "commander";
import { expect, test } from "vitest";
import { withJoinedShares, withPictureFlags } from "../../../engine/cli/request-flags.ts";

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
