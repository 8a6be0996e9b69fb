import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { starter } from "../../../renderer/words/en/starter.ts";

test("what the pages say of the built-in model is what its README says", () => {
  const readme = readFileSync("assets/starter/README.md", "utf8");
  const [, things, colours, places] =
    /sixteen things \((.+?)\), in eleven colours \((.+?)\) and six scenes \((.+?)\)/.exec(readme)!;
  expect(starter.things.list).toBe(things);
  expect(starter.colours.list).toBe(colours);
  expect(starter.places.list).toContain(places);
  expect([things!.split(", ").length, colours!.split(", ").length]).toEqual([16, 11]);
});
