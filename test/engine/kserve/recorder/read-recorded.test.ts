import * as fc from "fast-check";
import { expect, test } from "vitest";
import { StudioError } from "../../../../engine/contract/errors.ts";
import { readCurl } from "../../../../engine/kserve/recorder/curl-command.ts";
import {
  MAX_RECORDED_BYTES,
  readRecorded,
} from "../../../../engine/kserve/recorder/read-recorded.ts";
import { shellQuoted } from "../../../../engine/kserve/recorder/recordings.ts";

const BODY =
  '{"id":"42","inputs":[{"name":"input0","shape":[-1],"datatype":"BYTES","data":["a dog"]}]}';
const URL = "https://kt2.apps.example.com/v2/models/stable-diffusion/infer";
const DOG = { prompt: "a dog", negativePrompt: "", count: 1 };

const read = (text: string) => readRecorded(new TextEncoder().encode(text));

test("the notebook's own body is read, and requests for several pictures are several", () => {
  expect(read(BODY)).toEqual({ requests: [DOG] });
  const two = BODY.replace('"a dog"', '"a dog","a cat"');
  expect(read(two).requests.map(({ prompt }) => prompt)).toEqual(["a dog", "a cat"]);
});

test.each([
  [`curl ${URL} -d '${BODY}'`],
  [`$ curl -sS -k -X POST "${URL}" -H 'Authorization: Bearer abc' --data-raw '${BODY}' | jq .`],
  [`curl.exe ${URL} \\\r\n  --json ${JSON.stringify(BODY)}`],
  [`curl --url ${URL} -sSd $'${BODY}' > reply.json`],
  [
    `curl ${URL} -H"Content-Type: application/json" -o out.json --data-binary ${shellQuoted(BODY)}\necho done`,
  ],
])("a curl line is read as a shell would: %s", (line) => {
  expect(read(line)).toEqual({ requests: [DOG], url: URL });
});

test("a prompt may be empty, as in the notebook", () => {
  expect(read(`curl ${URL} -d '${BODY.replace("a dog", "")}'`).requests).toHaveLength(1);
});

test.each([
  ["", "it is empty"],
  ["hello", "it is not JSON"],
  ["{}", "a picture needs one"],
  [`curl ${URL}`, "it asks for no picture"],
  [`curl -d '${BODY}'`, "that is where it asks"],
  [`curl ${URL} -d @body.json`, "its file is not read; paste what is in it"],
  [`curl ${URL} -d '{"inputs":`, "a quotation in it does not end"],
])("what is not a request for a picture is refused: %s", (text, words) => {
  expect(() => read(text)).toThrow(words);
});

test("a file too large is refused before it is read", () => {
  expect(() => readRecorded(new Uint8Array(MAX_RECORDED_BYTES + 1))).toThrow("the limit is");
});

const piece = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "curl ",
    "'",
    '"',
    "\\",
    "$'",
    "-d",
    "-H",
    "--data-raw ",
    URL,
    BODY,
    "\n",
    " ",
    "@",
    "\\u12",
  ),
);

/** Whether bytes are read as requests, or refused with a StudioError. */
function outcome(bytes: Uint8Array): boolean {
  try {
    return readRecorded(bytes).requests.length > 0;
  } catch (error) {
    return error instanceof StudioError;
  }
}

test("any bytes are read or refused by the table", () => {
  const texts = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    texts.map((text) => new TextEncoder().encode(text)),
    texts.map((text) => new TextEncoder().encode(`curl ${text}`)),
    texts.map((text) => new TextEncoder().encode(`import requests\nurl = ${text}\n`)),
  );
  fc.assert(
    fc.property(bytes, (given) => {
      expect(outcome(given)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("any text that is quoted for a shell is read back completely", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(readCurl(`curl ${URL} --data-raw ${shellQuoted(text)}`).body).toBe(text);
    }),
  );
});
