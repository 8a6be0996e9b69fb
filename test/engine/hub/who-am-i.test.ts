import { expect, test } from "vitest";
import { whoAmI, withSoundToken } from "../../../engine/hub/who-am-i.ts";
import { impatient, nobodysAddress } from "../../fakes/hub-access.ts";
import { standInHost, type Answer } from "../../fakes/stand-in-host.ts";

const says =
  (status: number, body: string): Answer =>
  (response) =>
    response.writeHead(status).end(body);

test("says whose a token is", async () => {
  await using hub = await standInHost(says(200, '{"type":"user","name":"alice","orgs":[]}'));
  expect(await whoAmI(impatient(hub.url, { token: "anything" }))).toEqual({
    isAccepted: true,
    account: "alice",
  });
  expect(hub.asked[0]?.path).toBe("/api/whoami-v2");
});

test.each([401, 403])("says that a token is not accepted: %i", async (status) => {
  await using hub = await standInHost(says(status, '{"error":"no"}'));
  expect(await whoAmI(impatient(hub.url, { token: "hf_x" }))).toEqual({ isAccepted: false });
});

test.each([
  ["an error", says(500, ""), "the server answered 500"],
  ["something else", says(200, "<html>"), "its answer is not that of a model hub"],
  ["a stranger's JSON", says(200, "{}"), "its answer is not that of a model hub"],
  ["nothing", says(404, ""), "the server answered 404"],
])("says that the hub did not answer if it returns %s", async (_, answer, reason) => {
  await using hub = await standInHost(answer);
  const access = impatient(hub.url, { token: "hf_x" });
  const host = hub.url.slice("http://".length);
  await expect(whoAmI(access)).rejects.toMatchObject({
    code: "HUB_UNREACHABLE",
    details: { host, reason },
  });
  // A hub without this route does not refuse the token.
  expect(await withSoundToken(access)).toBe(access);
});

test.each(["hf_sec\nret", "hf_\u20ac", "hf secret"])(
  "asks nothing with a token that cannot be in a header: %j",
  async (token) => {
    await using hub = await standInHost(says(200, '{"name":"alice"}'));
    const access = impatient(hub.url, { token });
    const notes: string[] = [];
    expect(await whoAmI(access)).toEqual({ isAccepted: false });
    const sound = await withSoundToken(access, undefined, (note) => notes.push(note));
    expect([sound.token, notes.length, hub.asked]).toEqual([undefined, 1, []]);
  },
);

test("says at the first question that the hub cannot be reached", async () => {
  const access = impatient(await nobodysAddress(), { token: "hf_x" });
  await expect(withSoundToken(access)).rejects.toMatchObject({
    code: "HUB_UNREACHABLE",
    details: { reason: "the connection was refused" },
  });
});

test("sends no token where others can read it", async () => {
  const access = impatient("http://mirror.example", { token: "hf_x" });
  await expect(whoAmI(access)).rejects.toMatchObject({ code: "HUB_UNREACHABLE" });
});
