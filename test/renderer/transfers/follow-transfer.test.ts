import { beforeEach, expect, test } from "vitest";
import { StudioError, toWire } from "../../../engine/contract/errors.ts";
import { tellFailureOf } from "../../../renderer/transfers/follow-transfer.ts";
import {
  mergeTransfers,
  replaceTransfers,
  useTransfers,
} from "../../../renderer/state/transfers.ts";
import { downloadOf } from "../../fakes/fake-studio-rows.ts";

const refused = new StudioError("SNAPSHOT_NOT_FOUND", { path: "/pictures" });
const running = { ...downloadOf("running"), id: "import-1", kind: "import" } as const;
const failed = { ...running, state: "failed", error: toWire(refused) } as const;

let told: unknown[] = [];
const tell = (failure: unknown): void => void told.push(failure);

beforeEach(() => {
  told = [];
  replaceTransfers([]);
});

test("a failure of a started transfer is reported once, with its code", () => {
  tellFailureOf({ transferId: "import-1" }, tell);
  mergeTransfers([running]);
  expect(told).toEqual([]);
  mergeTransfers([failed]);
  mergeTransfers([failed]);
  expect(told).toEqual([refused]);
});

test("a failure that is known before the answer is reported, too", () => {
  mergeTransfers([failed]);
  tellFailureOf({ transferId: "import-1" }, tell);
  expect(told).toEqual([refused]);
});

test("transfers started elsewhere, and successes, are not reported", () => {
  tellFailureOf({ transferId: "import-1" }, tell);
  mergeTransfers([{ ...failed, id: "import-2" }]);
  mergeTransfers([{ ...running, state: "done" }]);
  mergeTransfers([failed]);
  expect(told).toEqual([]);
});

test("the newest transfer is first, in whatever order they arrive", () => {
  const at = (id: string, second: number) => ({
    ...running,
    id,
    createdAt: `2026-11-24T10:00:0${second}.000Z`,
  });
  mergeTransfers([at("b", 2), at("c", 3)]);
  mergeTransfers([at("a", 1)]);
  mergeTransfers([at("d", 4)]);
  expect(useTransfers.getState().all.map(({ id }) => id)).toEqual(["d", "c", "b", "a"]);
});
