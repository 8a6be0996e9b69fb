import { expect, test } from "vitest";
import { describeRepository, readRepository } from "../../../engine/hub/repository.ts";
import { impatient } from "../../fakes/hub-access.ts";
import { COMMIT, localHub } from "../../fakes/local-hub.ts";
import { standInHost, type Answer } from "../../fakes/stand-in-host.ts";

const TINY = "test/golden/tiny-sd2-hub/snapshot";
const INFO = { _id: "1", id: "a/b", sha: COMMIT, gated: false, private: false };

test("reads a repository at its commit, with the hash that the hub states for each file", async () => {
  await using hub = await localHub({ repositories: { "a/b": TINY }, licence: "apache-2.0" });
  const found = await readRepository(impatient(hub.url), { repository: "a/b", revision: "main" });
  expect(found).toMatchObject({ revision: COMMIT, licence: "apache-2.0", isGated: false });
  const hashes = found.files.map(({ sha256, gitHash }) => [sha256?.length, gitHash?.length]);
  expect(new Set(hashes.map(String))).toEqual(new Set(["64,", ",40"]));
});

test("counts what each variant would download", async () => {
  await using hub = await localHub({ repositories: { "a/b": TINY }, gated: ["a/b"] });
  const found = await readRepository(impatient(hub.url), { repository: "a/b" });
  expect(describeRepository(found)).toEqual({
    id: "a/b",
    revision: COMMIT,
    licence: "openrail++",
    isGated: true,
    variants: [{ name: "fp16", files: 13, sizeBytes: 7_127_310 }],
  });
});

test.each(["../..", "./a", "a/..", "../whoami"])("requests nothing for %j", async (repository) => {
  await using hub = await localHub({ repositories: {} });
  await expect(readRepository(impatient(hub.url), { repository })).rejects.toMatchObject({
    code: "HUB_NOT_FOUND",
  });
  expect(hub.asked).toEqual([]);
});

test("sends no token to the address of the next page", async () => {
  const tokens: (string | undefined)[] = [];
  await using elsewhere = await standInHost((response, request) => {
    tokens.push(request.headers.authorization);
    response.setHeader("content-type", "application/json").end("[]");
  });
  const answer: Answer = (response, request) => {
    tokens.push(request.headers.authorization);
    response.setHeader("content-type", "application/json");
    if (request.url?.includes("/tree/") === true) {
      response.setHeader("link", `<${elsewhere.url}/next>; rel="next"`).end("[]");
    } else response.end(JSON.stringify(INFO));
  };
  await using hub = await standInHost(answer);
  await readRepository(impatient(hub.url, { token: "hf_alice" }), { repository: "a/b" });
  expect(tokens).toEqual(["Bearer hf_alice", "Bearer hf_alice", undefined]);
});

test.each([
  ["a commit that is none", { ...INFO, sha: "main" }, []],
  ["a file of negative size", INFO, [{ type: "file", path: "a", size: -1, oid: "" }]],
  [
    "a hash that is none",
    INFO,
    [{ type: "file", path: "a", size: 1, oid: "", lfs: { oid: "x", size: 1, pointerSize: 1 } }],
  ],
  ["no list", INFO, { files: [] }],
])("refuses %s", async (_, info, files) => {
  await using hub = await standInHost((response, request) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(request.url?.includes("/tree/") === true ? files : info));
  });
  await expect(readRepository(impatient(hub.url), { repository: "a/b" })).rejects.toMatchObject({
    code: "HUB_UNREACHABLE",
  });
});

test("refuses an unreasonably large answer", async () => {
  await using hub = await standInHost((response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify("x".repeat(9 << 20)));
  });
  await expect(readRepository(impatient(hub.url), { repository: "a/b" })).rejects.toMatchObject({
    code: "HUB_UNREACHABLE",
    details: { reason: expect.stringContaining("exceeds") },
  });
});
