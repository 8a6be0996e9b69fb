import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { asyncProperty, assert, constantFrom, jsonValue, oneof, string } from "fast-check";
import { expect, test } from "vitest";
import { accessOf, contextsOf } from "../../../engine/cluster/kubeconfig.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const SOUND = {
  apiVersion: "v1",
  kind: "Config",
  "current-context": "dev",
  clusters: [{ name: "c", cluster: { server: "https://api.example.com:6443" } }],
  users: [{ name: "u", user: { token: "sha256~abc" } }],
  contexts: [{ name: "dev", context: { cluster: "c", user: "u", namespace: "sd-proj" } }],
};

function written(content: string | Uint8Array): string {
  const path = join(temporaryFolder(), "config");
  writeFileSync(path, content);
  return path;
}

test("a valid one is read as kubectl reads it", async () => {
  const path = written(JSON.stringify(SOUND));
  expect(await contextsOf(path)).toEqual({
    path,
    current: "dev",
    contexts: [
      { name: "dev", address: "https://api.example.com:6443", namespace: "sd-proj", user: "u" },
    ],
  });
  expect(await accessOf(path, "dev")).toMatchObject({
    address: "https://api.example.com:6443",
    namespace: "sd-proj",
    headers: { Authorization: "Bearer sha256~abc" },
  });
});

test("one that is too long is refused before it is read", async () => {
  const path = written(Buffer.alloc((1 << 20) + 1, " "));
  await expect(contextsOf(path)).rejects.toMatchObject({ code: "CLUSTER_KUBECONFIG_UNREADABLE" });
});

/** The error of reading everything in a kubeconfig, unless it is one of our refusals. */
async function failureOf(path: string): Promise<unknown> {
  try {
    const { contexts } = await contextsOf(path);
    for (const { name } of contexts) await accessOf(path, name);
    return undefined;
  } catch (error) {
    return error instanceof StudioError ? undefined : error;
  }
}

test("whatever a file contains, it is read or refused by name", async () => {
  const path = written("");
  const foreign = oneof(
    string(),
    jsonValue().map((it) => JSON.stringify(it)),
  );
  await assert(
    asyncProperty(foreign, async (text) => {
      writeFileSync(path, text);
      expect(await failureOf(path)).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

test("a valid one with any value in place of a part is read or refused by name", async () => {
  const path = written("");
  const part = constantFrom("cluster", "user", "context");
  await assert(
    asyncProperty(part, jsonValue(), async (name, value) => {
      const lists = `${name}s` as const;
      for (const put of [value, [value], [{ ...SOUND[lists][0], [name]: value }]]) {
        writeFileSync(path, JSON.stringify({ ...SOUND, [lists]: put }));
        expect(await failureOf(path)).toBeUndefined();
      }
      writeFileSync(path, JSON.stringify({ ...SOUND, "current-context": value }));
      expect(await failureOf(path)).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});
