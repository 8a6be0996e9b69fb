import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { inTransaction } from "../../../engine/database/transaction.ts";

function numbers(): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE number (value INTEGER)");
  return database;
}

function valuesOf(database: DatabaseSync): unknown[] {
  return database
    .prepare("SELECT value FROM number")
    .all()
    .map(({ value }) => value);
}

test("keeps everything that was done and returns the work's result", () => {
  const database = numbers();
  const given = inTransaction(database, () => {
    database.exec("INSERT INTO number VALUES (1); INSERT INTO number VALUES (2)");
    return "done";
  });
  expect({ given, values: valuesOf(database) }).toEqual({ given: "done", values: [1, 2] });
});

test("keeps nothing if the work throws, also inside another transaction", () => {
  const database = numbers();
  const work = (): void =>
    inTransaction(database, () => {
      database.exec("INSERT INTO number VALUES (1)");
      inTransaction(database, () => database.exec("INSERT INTO number VALUES (2)"));
      throw new Error("in the middle");
    });
  expect(work).toThrow("in the middle");
  expect(valuesOf(database)).toEqual([]);
});
