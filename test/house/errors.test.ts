import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { REFUSALS } from "../../engine/contract/errors.ts";

const sources = readdirSync("engine", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && name !== "contract/errors.ts")
  .map((name) => readFileSync(`engine/${name}`, "utf8"));

test("REFUSALS.md lists every refusal, and no others", () => {
  const rows = readFileSync("engine/REFUSALS.md", "utf8").matchAll(
    /^\| `([A-Z][A-Z_0-9]+)` \| (\d+) \| (.+) \|$/gm,
  );
  const listed = [...rows].map(([, code, status, meaning]) => [code, Number(status), meaning]);
  const table = Object.entries(REFUSALS).map(([code, { status, sentence, advice }]) => [
    code,
    status,
    `${sentence} ${advice}`.replaceAll(/\{(\w+)\}/g, "*$1*"),
  ]);
  expect(listed).toEqual(table);
});

test("every refusal is used", () => {
  const unused = Object.keys(REFUSALS).filter(
    (code) => !sources.some((text) => text.includes(`"${code}"`)),
  );
  expect(unused.filter((code) => code !== "INTERNAL")).toEqual([]);
});

test("every sentence says what happened, and every advice what to do", () => {
  for (const { sentence, advice } of Object.values(REFUSALS)) {
    expect(sentence).toMatch(/^[A-Z{].*\.$/);
    // Advice that depends on the findings consists of one placeholder.
    expect(advice).toMatch(/^(?:[A-Z].*|\{fix\})\.$/);
  }
});
