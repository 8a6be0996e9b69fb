import { expect, test } from "vitest";
import { readTokenFile } from "../../../renderer/endpoints/use-token-reader.ts";

test("a token file is passed on unchanged", async () => {
  const file = new File(["abc.def.ghi\n"], "token.cfg");
  expect(await readTokenFile(file)).toEqual({ name: "token.cfg", text: "abc.def.ghi\n" });
});

test("a file that cannot be a token is not read", async () => {
  const large = new File(["x".repeat(20_001)], "picture.png");
  expect(await readTokenFile(large)).toEqual({ name: "picture.png", fault: "tokenFile" });
  const empty = new File([" \n"], "token.cfg");
  expect(await readTokenFile(empty)).toEqual({ name: "token.cfg", fault: "tokenEmpty" });
});
