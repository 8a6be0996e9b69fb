import { expect, test } from "vitest";
import { requestFor } from "../../../../engine/endpoints/encode-order.ts";
import type { Receiver } from "../../../../engine/endpoints/sent-order.ts";
import { readCurl } from "../../../../engine/kserve/recorder/curl-command.ts";
import { readPython } from "../../../../engine/kserve/recorder/python-program.ts";
import { readRecorded } from "../../../../engine/kserve/recorder/read-recorded.ts";
import { type Recorded, recordingsOf } from "../../../../engine/kserve/recorder/recordings.ts";
import type { Order } from "../../../../engine/contract/order.ts";
import { PICTURE_INPUTS } from "../../../../engine/kserve/server/picture-inputs.ts";

const ORDER: Order = {
  model: "sd 2.1",
  prompt: `it's "a dog", 雪 $HOME \\ @file\nand a line`,
  negativePrompt: "blurry",
  steps: 12,
  guidanceScale: 7.1,
  seed: "18446744073709551615",
  scheduler: "dpm++2m-karras",
  preset: "fast",
  precision: "int8",
  guidanceInterval: [0.1, 0.8],
  cacheInterval: 3,
  width: 512,
  height: 768,
};

const inputs = Object.values(PICTURE_INPUTS).map(({ name }) => name);
const FULL: Receiver = {
  profile: "full",
  check: { at: "2026-11-29T12:00:00.000Z", state: "ready", ms: 1, models: [], inputs },
};

function recorded(more: Partial<Recorded> = {}): Recorded {
  return {
    base: "https://edge.example/base",
    modelName: ORDER.model,
    request: requestFor("42", ORDER, FULL),
    secrets: [{ name: "Authorization", prefix: "Bearer ", variable: "DARKROOM_TOKEN" }],
    trust: "system",
    ...more,
  };
}

const { model: _, ...asked } = ORDER;
const WANTED = { ...asked, count: 1 };

test("what is recorded is the same request when it is read again, to the digit", () => {
  const { v2, curl, requests, triton } = recordingsOf(recorded());
  const utf8 = new TextEncoder();
  expect(readRecorded(utf8.encode(v2))).toEqual({ requests: [WANTED] });
  const url = "https://edge.example/base/v2/models/sd%202.1/infer";
  for (const form of [curl, requests, triton])
    expect(readRecorded(utf8.encode(form))).toEqual({ requests: [WANTED], url });
});

test("a program says where it asks, whether it takes any certificate, and whether it needs a token", () => {
  const open = recordingsOf(recorded({ base: "http://127.0.0.1:8080", secrets: [], version: "2" }));
  const url = "http://127.0.0.1:8080/v2/models/sd%202.1/versions/2/infer";
  for (const program of [open.requests, open.triton])
    expect(readPython(program)).toMatchObject({ url, isInsecure: false, needsToken: false });
  const guarded = recordingsOf(recorded({ trust: "anyone" }));
  for (const program of [guarded.requests, guarded.triton])
    expect(readPython(program)).toMatchObject({ isInsecure: true, needsToken: true });
});

test.each([
  ["a request that is computed", 'import requests\nurl = "http://a"\npayload = make()\n'],
  ["a client without inputs", "import tritonclient.http as triton\n"],
  ["a body that is cut off", recordingsOf(recorded()).requests.slice(0, 400)],
  ["inputs that were changed", recordingsOf(recorded()).triton.replace("    (", "    *(")],
])("a program of others is refused, not run: %s", (_, program) => {
  expect(() => readPython(program)).toThrow("only unchanged programs that Darkroom recorded");
});

test("a recording names where a token is, and says which certificates to accept", () => {
  const { curl, requests, triton, variables } = recordingsOf(recorded({ trust: "anyone" }));
  expect(variables).toEqual(["DARKROOM_TOKEN"]);
  expect(readCurl(curl)).toMatchObject({ isInsecure: true });
  expect(readCurl(curl).headers.get("authorization")).toBe("Bearer $DARKROOM_TOKEN");
  expect(requests).toContain(`"Bearer " + os.environ["DARKROOM_TOKEN"]`);
  expect(requests).toContain("verify=False");
  expect(triton).toContain("insecure=True");
  const own = recordingsOf(recorded({ trust: { file: "ca.pem" }, version: "2" }));
  expect(own.curl).toContain("--cacert 'ca.pem'");
  expect(own.requests).toContain('verify="ca.pem"');
  expect(own.triton).toContain('"ca_certs": "ca.pem"');
  expect(own.curl).toContain("/versions/2/infer");
  expect(own.triton).toContain('model_version="2"');
});

test("an endpoint that uses only the prompt is sent the notebook's request", () => {
  const request = requestFor("42", ORDER, { profile: "prompt", check: undefined });
  const { v2 } = recordingsOf(recorded({ request, secrets: [] }));
  expect(JSON.parse(v2)).toEqual({
    id: "42",
    inputs: [{ name: "input0", shape: [1], datatype: "BYTES", data: [ORDER.prompt] }],
  });
});
