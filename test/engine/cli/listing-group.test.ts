import { Command } from "commander";
import { expect, test } from "vitest";
import { listingGroup, withNamedList } from "../../../engine/cli/listing-group.ts";

const inner = listingGroup("album", new Command("list"));
const group = listingGroup("gallery", new Command("list")).addCommand(inner);
const program = new Command("program")
  .addCommand(group)
  .addCommand(new Command("models").addCommand(new Command("list")));

test.each([
  ["gallery", "gallery list"],
  ["gallery --json", "gallery list --json"],
  ["gallery album", "gallery album list"],
  ["gallery list", "gallery list"],
  ["gallery lst", "gallery lst"],
  ["gallery --help", "gallery --help"],
  ["gallery album -h", "gallery album -h"],
  ["models", "models"],
  ["", ""],
])("%j means %j", (typed, meant) => {
  const words = (line: string) => line.split(" ").filter((word) => word !== "");
  expect(withNamedList(program, words(typed))).toEqual(words(meant));
});
