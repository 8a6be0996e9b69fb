import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Tokens } from "../../../engine/server/tokens.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test("a token is valid in later runs, and its file contains nothing usable", async () => {
  const folder = temporaryFolder();
  const token = await (await Tokens.open(folder)).issue();
  const later = await Tokens.open(folder);
  expect([later.knows(token), later.knows(`${token}x`), later.knows("")]).toEqual([
    true,
    false,
    false,
  ]);
  const path = join(folder, "tokens.json");
  const content = readFileSync(path, "utf8");
  expect(content).not.toContain(token);
  expect(
    later.knows((JSON.parse(content) as { tokens: { sha256: string }[] }).tokens[0]!.sha256),
  ).toBe(false);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("tokens of a single run are not stored", async () => {
  const folder = temporaryFolder();
  const tokens = await Tokens.open(folder);
  const token = tokens.issuePassing();
  tokens.accept("a key that somebody chose");
  expect([tokens.knows(token), tokens.knows("a key that somebody chose")]).toEqual([true, true]);
  expect((await Tokens.open(folder)).knows(token)).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});

test("tokens requested at once are all stored", async () => {
  const folder = temporaryFolder();
  const tokens = await Tokens.open(folder);
  const many = await Promise.all(Array.from({ length: 20 }, () => tokens.issue()));
  const later = await Tokens.open(folder);
  expect(many.every((token) => later.knows(token))).toBe(true);
});

test("the oldest is signed out when there are too many", async () => {
  const folder = temporaryFolder();
  const tokens = await Tokens.open(folder);
  const first = await tokens.issue();
  const rest = [];
  for (let i = 0; i < 200; i++) rest.push(await tokens.issue());
  expect([tokens.knows(first), rest.every((token) => tokens.knows(token))]).toEqual([false, true]);
});

test("a damaged file is set aside and reported", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "tokens.json"), '{"tokens":[{"sha256":"no"}');
  const tokens = await Tokens.open(folder);
  expect(tokens.notices.join()).toContain("tokens.json");
  expect(readdirSync(folder)).toEqual(["tokens.damaged.json"]);
});

test("a token that cannot be read is kept, and signs no browser out", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "tokens.json");
  const token = await (await Tokens.open(folder)).issue();
  const { tokens } = JSON.parse(readFileSync(path, "utf8")) as { tokens: object[] };
  const later = { sha512: "later" };
  writeFileSync(path, JSON.stringify({ tokens: [later, ...tokens] }));
  const again = await Tokens.open(folder);
  await again.issue();
  expect([again.knows(token), again.notices.length]).toEqual([true, 1]);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
    tokens: expect.arrayContaining([later]),
  });
});
