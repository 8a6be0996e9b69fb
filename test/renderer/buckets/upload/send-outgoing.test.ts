import { beforeAll, expect, test, vi } from "vitest";
import type { StudioClient } from "../../../../engine/contract/studio-client.ts";
import type { Outgoing } from "../../../../renderer/connection/outgoing.ts";
import { sendOutgoing, takenKeys } from "../../../../renderer/buckets/upload/send-outgoing.ts";
import { useSending } from "../../../../renderer/state/sending.ts";
import { FakeBuckets } from "../../../fakes/fake-buckets.ts";

const MIB = 1 << 20;
const place = { connectionId: "models", prefix: "" };
let buckets: StudioClient["buckets"];
beforeAll(() => {
  buckets = new FakeBuckets("few", () => {}).client();
});

function fileOf(path: string, bytes = 3): Outgoing["files"][number] {
  return { path, file: new File([new Uint8Array(bytes)], path.split("/").at(-1) ?? "") };
}

const README: Outgoing = { name: "README.md", isFolder: false, files: [fileOf("README.md")] };
const STARTER: Outgoing = {
  name: "starter",
  isFolder: true,
  files: [fileOf("starter/model-store/starter.mar", 40 * MIB), fileOf("starter/notes.txt", 0)],
};

test("the objects to replace are found by name, in folders too, and nothing else", async () => {
  const part = { ...README, name: "READ", files: [fileOf("READ")] };
  expect(await takenKeys({ buckets }, place, [README, STARTER, part])).toEqual([
    "README.md",
    "starter/model-store/starter.mar",
  ]);
});

test("a file with a known path is uploaded by it", async () => {
  const upload = vi.spyOn(buckets, "upload");
  await sendOutgoing({ buckets }, { ...place, prefix: "in/" }, { ...STARTER, machinePath: "/s" });
  expect(upload).toHaveBeenLastCalledWith({
    connectionId: "models",
    key: "in/starter/",
    path: "/s",
  });
});

test("other files are sent in parts, one after another, and shown meanwhile", async () => {
  const parts: unknown[] = [];
  const receive = vi.spyOn(buckets, "receive").mockImplementation(async (sent) => {
    parts.push([sent.id, sent.path, sent.offset / MIB, sent.part.size / MIB]);
    expect(useSending.getState().all.map(({ transfer }) => transfer.totalBytes)).toEqual([
      40 * MIB,
    ]);
    return { id: "one" };
  });
  const upload = vi.spyOn(buckets, "upload");
  await sendOutgoing({ buckets }, place, STARTER);
  const mar = "starter/model-store/starter.mar";
  expect(parts).toEqual([
    [undefined, mar, 0, 16],
    ["one", mar, 16, 16],
    ["one", mar, 32, 8],
    ["one", "starter/notes.txt", 0, 0],
  ]);
  const sent = { connectionId: "models", key: "starter/", received: "one" };
  expect(upload).toHaveBeenLastCalledWith(sent);
  expect(useSending.getState().all).toEqual([]);
  receive.mockRestore();
});

test("a cancelled one is deleted there, and no upload follows", async () => {
  const receive = vi.spyOn(buckets, "receive").mockImplementation(async () => {
    useSending.getState().all[0]?.cancel();
    throw new DOMException("aborted", "AbortError");
  });
  receive.mockImplementationOnce(async () => ({ id: "two" }));
  const discard = vi.spyOn(buckets, "discardReceived");
  expect(await sendOutgoing({ buckets }, place, STARTER)).toBeUndefined();
  expect(discard).toHaveBeenLastCalledWith({ id: "two" });
  expect(useSending.getState().all).toEqual([]);
  receive.mockRejectedValueOnce(new Error("the disk is full"));
  await expect(sendOutgoing({ buckets }, place, README)).rejects.toThrow("the disk is full");
});
