import * as fc from "fast-check";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { RowFile } from "../../../engine/files/row-file.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const rowSchema = z.object({ id: z.string(), kind: z.enum(["a", "b"]) });

function open(path: string) {
  const parse = (row: unknown) => rowSchema.parse(row);
  return RowFile.open(path, { list: "rows", maxBytes: 1 << 20, parse });
}

const contentOf = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

test("a row of a later version is counted, and written again unchanged beside new ones", async () => {
  const path = join(temporaryFolder(), "list.json");
  const later = { id: "2", kind: "c", more: [1] };
  writeFileSync(path, JSON.stringify({ rows: [later, { id: "1", kind: "a" }], version: 9 }));
  const file = await open(path);
  expect({ rows: file.rows, unread: file.unreadCount, notices: file.notices }).toEqual({
    rows: [{ id: "1", kind: "a" }],
    unread: 1,
    notices: [
      "One entry of list.json cannot be read by this version of the studio. What cannot be read is kept as it is.",
    ],
  });
  expect([file.mayName("2"), file.mayName("1")]).toEqual([true, false]);
  await file.turn(() => file.write([{ id: "3", kind: "b" }]));
  expect(contentOf(path)).toEqual({ rows: [{ id: "3", kind: "b" }, later], version: 9 });
});

test("whatever is among the rows, none of them is lost", async () => {
  const rows = fc.array(fc.oneof(fc.jsonValue(), fc.constant({ id: "1", kind: "a" })));
  const keeping = fc.asyncProperty(rows, async (written) => {
    const path = join(temporaryFolder(), "list.json");
    writeFileSync(path, JSON.stringify({ rows: written }));
    const file = await open(path);
    await file.write(file.rows);
    const { rows: kept } = contentOf(path) as { rows: unknown[] };
    const texts = (all: readonly unknown[]) => all.map((row) => JSON.stringify(row)).toSorted();
    expect(texts(kept)).toEqual(texts(JSON.parse(JSON.stringify(written)) as unknown[]));
  });
  await expect(fc.assert(keeping, { numRuns: 50 })).resolves.toBeUndefined();
});

test("a file that is not a list is set aside as a whole", async () => {
  const path = join(temporaryFolder(), "list.json");
  writeFileSync(path, '{"rows":{}}');
  const file = await open(path);
  expect([file.rows, file.isDamaged, file.notices]).toEqual([
    [],
    true,
    [expect.stringContaining("list.damaged.json")],
  ]);
});
