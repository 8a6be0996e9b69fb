import { request } from "undici";
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { secretsIn, withoutSecrets } from "../../../engine/serving/redaction.ts";
import { shownBody } from "../../../engine/serving/shown-body.ts";
import { ConstantEngine } from "../../fakes/constant-engine.ts";
import { openInferenceServer } from "../../fakes/open-inference-server.ts";

const NAMES = [
  "api_key",
  "X-Goog-Api-Key",
  "accessToken",
  "client_secret",
  "Password",
  "passwd",
  "X-Amz-Signature",
  "sessionId",
  "auth",
  "proxy-authorization",
  "set-cookie",
  "aws_credentials",
  "sig",
];

test.each(NAMES)(
  "a value called %s is not shown: header, query, form, JSON of any kind",
  (name) => {
    const value = "canary-7f3a";
    const texts = [
      `/v2?x=1&${name}=${value}&y=2`,
      `${name}=${value}`,
      `a=b; ${name}=${value}`,
      `/v2?${encodeURIComponent(name).replace("e", "%65")}=${value}`,
      JSON.stringify({ [name]: value, other: 1 }),
      JSON.stringify({ a: [{ [name]: { deep: [value, { b: value }] }, c: 1 }] }, null, 2),
      JSON.stringify({ [name]: value }).slice(0, -4),
      JSON.stringify({ [name]: [value, value] }).slice(0, -6),
      JSON.stringify({ [name]: `quote " and ${value}` }),
      `{"\\u00${name.codePointAt(0)!.toString(16)}${name.slice(1)}":"${value}"}`,
    ];
    expect(
      texts.map((text) => withoutSecrets(text, [])).filter((text) => text.includes("canary")),
    ).toEqual([]);
  },
);

test.each([
  '{"author":"somebody","prompt":"a dog","code":"NOT_FOUND"}',
  '{"inputs":[{"name":"prompt","data":["a key lime pie, session 3"]}]}',
  "/v2/models/m/infer?verbose=1",
])("what is not a secret stays: %s", (text) => {
  expect(withoutSecrets(text, [])).toBe(text);
});

test("a known secret is not shown wherever it is, nor its beginning at the end", () => {
  const secret = "Zm9vYmFyYmF6/cXV1eHF1dXg=";
  const text = `a ${secret} b ${encodeURIComponent(secret)} c ${secret.slice(0, 12)}`;
  expect(withoutSecrets(text, [secret])).toBe("a … b … c …");
});

test("of a secret as long as a picture's data nothing is shown, not even its beginning", () => {
  const token = `eyJhbGciOiJSUzI1NiJ9.${"P".repeat(540)}.${"S".repeat(342)}`;
  const secrets = [...secretsIn({ authorization: `Bearer ${token}` }), "k".repeat(200)];
  const text = JSON.stringify({ data: [`my token ${token}`, "k".repeat(200), "A".repeat(900)] });
  const bytes = Buffer.from(text);
  const shown = shownBody({ bytes, sizeBytes: bytes.length, headers: {} }, secrets);
  expect(shown.text).toBe(`{"data":["my token …","…","${"A".repeat(40)}…"]}`);
});

test("any text can be checked", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.json(), (text, json) => {
      expect(typeof withoutSecrets(text, [])).toBe("string");
      expect(typeof withoutSecrets(json.slice(0, text.length), [])).toBe("string");
    }),
  );
});

test("over a socket: nothing of it is in the log, and a file's key is nowhere", async () => {
  const secret = "canary-file-key-of-forty-three-letters-0123";
  const { origin, requests } = await openInferenceServer({
    engine: new ConstantEngine(),
    lent: [{ name: "--key-file", secret }],
  });
  const prompt = { name: "prompt", shape: [1], datatype: "BYTES", data: [`draw ${secret}`] };
  const reply = await request(
    `${origin}/v2/models/starter/infer?X-Amz-Signature=canary-sig&session=canary-session`,
    {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-goog-api-key": "canary-header",
        "x-auth-request-user": "canary-user",
        "x-note": `canary-header and ${secret}`,
      },
      body: JSON.stringify({
        inputs: [prompt],
        parameters: { client_secret: "canary-member", password: 12_345_678 },
      }),
    },
  );
  await reply.body.dump();
  await vi.waitFor(() => expect(requests.list()[0]?.state).toBe("answered"), 20_000);
  const shown = JSON.stringify(requests.exchange(requests.list()[0]!.id));
  expect(shown).not.toMatch(/canary|12345678/);
  expect(shown).toContain("draw …");
});
