import { tmpdir } from "node:os";

import { expect, test } from "vitest";

import { ensureSpace, writingTo } from "../../../engine/cuda/disk.ts";

const folder = tmpdir();
const failing = (code: string) => async () => {
  throw Object.assign(new Error(code), { code });
};

test("adds up what goes to one disk", async () => {
  const needs = [
    { folder, bytes: 236_000_000 },
    { folder, bytes: 272_000_000 },
  ];
  await expect(ensureSpace(needs, async () => 508_000_000)).resolves.toBeUndefined();
  await expect(ensureSpace(needs, async () => 507_999_999)).rejects.toMatchObject({
    code: "DISK_FULL",
    details: { path: folder, needed: "508 MB" },
  });
});

test.each([
  ["ENOSPC", "DISK_FULL"],
  ["EDQUOT", "DISK_FULL"],
  ["EACCES", "CUDA_UNSUPPORTED"],
  ["EPERM", "CUDA_UNSUPPORTED"],
  ["EROFS", "CUDA_UNSUPPORTED"],
])("turns %s into %s", async (code, refusal) => {
  await expect(writingTo({ folder, bytes: 1 }, failing(code))).rejects.toMatchObject({
    code: refusal,
    message: expect.stringContaining(folder),
  });
});

test("lets any other error pass", async () => {
  await expect(writingTo({ folder, bytes: 1 }, failing("EIO"))).rejects.toMatchObject({
    code: "EIO",
  });
});
