import { expect, onTestFinished, test, vi } from "vitest";
import { PictureThread, type ThreadTiming } from "../../../engine/endpoints/picture-thread.ts";
import { decodePicture } from "../../../engine/codecs/picture-codec.ts";
import { pixels } from "../../../engine/image/pixels.ts";
import { encodePng } from "../../../engine/image/png/png.ts";
import { notebookReply, PIXELS } from "../../fakes/notebook-service.ts";
import { refusal } from "../../fakes/refusal.ts";
import { withoutDescriptors } from "../../fakes/without-descriptors.ts";

const never = new AbortController().signal;

function thread(timing?: ThreadTiming): PictureThread {
  const made = new PictureThread(timing);
  onTestFinished(() => made.close());
  return made;
}

function reply(body: string | Uint8Array, type = "application/json") {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return { status: 200, headers: { "content-type": type }, body: bytes.slice() };
}

const NOTEBOOK_REPLY = JSON.stringify(notebookReply(PIXELS));
const DATA = Uint8Array.from(PIXELS.flat(2));

test("the service's reply becomes a PNG of the same pixels", async () => {
  const { picture, parameters } = await thread().read(reply(NOTEBOOK_REPLY), {}, never);
  if (!("png" in picture)) throw new Error("it is a file");
  expect(picture.pixels).toEqual(pixels(3, 2, DATA));
  expect(await decodePicture(picture.png, "it")).toEqual(pixels(3, 2, DATA));
  expect(parameters).toEqual(new Map());
});

test("a file is returned unchanged, for a codec to decode, and pixels as a PNG", async () => {
  const made = thread();
  const png = encodePng(pixels(3, 2, DATA));
  const { picture } = await made.read(reply(png, "image/png"), {}, never);
  expect(picture).toEqual({ kind: "file", format: "png", bytes: png });
  expect((await made.encode(pixels(3, 2, DATA.slice()), never)).png).toEqual(png);
});

test.each([
  ["NaN", NOTEBOOK_REPLY.replace("255", "NaN"), "ENDPOINT_PICTURE_INVALID", "NaN"],
  [
    "a page",
    "<!doctype html><title>Hello</title>",
    "ENDPOINT_REPLY_INVALID",
    "it is a web page: Hello",
  ],
  ["half a reply", NOTEBOOK_REPLY.slice(0, -20), "ENDPOINT_REPLY_BROKEN", "ends too early"],
  ["nothing", "", "ENDPOINT_REPLY_INVALID", "it is empty"],
  ["depth", "[".repeat(100_000), "ENDPOINT_REPLY_INVALID", "deeper than 8"],
] as const)("%s is refused by name, and the thread continues", async (_, body, code, reason) => {
  const made = thread();
  const refused = made.read(reply(body), {}, never);
  await expect(refused).rejects.toEqual(refusal(code));
  await expect(refused).rejects.toThrow(reason);
  expect(made.isRunning).toBe(true);
  await expect(made.read(reply(NOTEBOOK_REPLY), {}, never)).resolves.toBeDefined();
});

test("several replies at once are read one after another", async () => {
  const made = thread();
  const all = await Promise.all(
    Array.from({ length: 5 }, () => made.read(reply(NOTEBOOK_REPLY), {}, never)),
  );
  expect(all.length).toBe(5);
});

test("while a large reply is read, the event loop continues and a cancel works", async () => {
  const made = thread();
  const side = 1500;
  const large = `{"outputs":[{"name":"x","datatype":"FP32","shape":[${side},${side},3],"data":[${"0.12345678,".repeat(side * side * 3 - 1)}0.5]}]}`;
  const cancel = new AbortController();
  const reading = made.read(reply(large), {}, cancel.signal);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  await vi.waitFor(() => expect(ticks).toBeGreaterThan(5), 20_000);
  clearInterval(timer);
  cancel.abort(new Error("cancelled"));
  await expect(reading).rejects.toThrow("cancelled");
  expect(made.isRunning).toBe(false);
  await expect(made.read(reply(NOTEBOOK_REPLY), {}, never)).resolves.toBeDefined();
});

test("a reply that takes too long is given up on", async () => {
  const made = thread({ patienceMs: 1 });
  await expect(made.read(reply(NOTEBOOK_REPLY), {}, never)).rejects.toThrow(
    "it takes too long to read",
  );
  expect(made.isRunning).toBe(false);
});

test("the thread ends when it is idle, and starts again", async () => {
  const made = thread({ idleMs: 30 });
  await made.read(reply(NOTEBOOK_REPLY), {}, never);
  expect(made.isRunning).toBe(true);
  await vi.waitFor(() => expect(made.isRunning).toBe(false), 20_000);
  await made.read(reply(NOTEBOOK_REPLY), {}, never);
});

test.skipIf(process.platform === "win32")(
  "if the system cannot start a thread, that is reported by name, and the next one is tried",
  () => {
    const { answers, stderr, status } = withoutDescriptors("thread");
    const refused = expect.stringMatching(/^INFERENCE_CRASHED: .*EMFILE/) as string;
    expect({ answers, stderr, status }).toEqual({
      answers: [refused, refused, "answered"],
      stderr: "",
      status: 0,
    });
  },
);
