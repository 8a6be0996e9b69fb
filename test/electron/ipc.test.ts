import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { CALLS, channelOf } from "../../electron/channels.ts";
import { answerCalls, takes, type Answers } from "../../electron/ipc.ts";
import { ipcMain, resetElectron, WebContents } from "../fakes/electron.ts";

const ORIGIN = "http://127.0.0.1:7860";
const FOREIGN_PAGE = { refusal: "The desktop does not answer to this page." };

beforeEach(resetElectron);

/** A page, with every call answered by its arguments. */
function trial() {
  const contents = new WebContents();
  contents.mainFrame.url = `${ORIGIN}/generate`;
  const asked: string[] = [];
  const echo = (call: string) =>
    takes(z.tuple([z.string().max(10)]), async (word) => {
      asked.push(call);
      if (word === "fail") throw new Error("There is no image called fail.");
      return `${call} ${word}`;
    });
  const answers = Object.fromEntries(CALLS.map((call) => [call, echo(call)])) as Answers;
  answerCalls({ contents: () => contents as never, origin: () => ORIGIN }, answers);
  const call = (name: string, event: object, ...args: unknown[]) =>
    ipcMain.handlers.get(name)?.(event, ...args);
  const fromPage = { sender: contents, senderFrame: contents.mainFrame };
  return { contents, asked, call, fromPage };
}

test("answers the page's calls, and only on their channels", async () => {
  const { call, fromPage } = trial();
  expect([...ipcMain.handlers.keys()].toSorted()).toEqual(CALLS.map(channelOf).toSorted());
  for (const name of CALLS) {
    expect(await call(channelOf(name), fromPage, "x")).toEqual({ value: `${name} x` });
  }
});

test.each([
  "about:blank",
  "",
  "http://127.0.0.1:7861/generate",
  "http://127.0.0.1:7860.evil.test/",
  "https://127.0.0.1:7860/",
  "file:///index.html",
  "data:text/html,x",
  "not an address",
])("a page at %s is refused on every channel", async (url) => {
  const { asked, call, contents } = trial();
  const event = { sender: contents, senderFrame: { parent: null, url } };
  for (const name of CALLS) {
    expect(await call(channelOf(name), event, "x")).toEqual(FOREIGN_PAGE);
  }
  expect(asked).toEqual([]);
});

test.each([
  ["a frame in the page", { parent: {}, url: `${ORIGIN}/generate` }],
  ["a frame that is gone", null],
])("%s is refused", async (_, senderFrame) => {
  const { asked, call, contents } = trial();
  for (const name of CALLS) {
    expect(await call(channelOf(name), { sender: contents, senderFrame }, "x")).toEqual(
      FOREIGN_PAGE,
    );
  }
  expect(asked).toEqual([]);
});

test("another window is refused, though it shows the same address", async () => {
  const { call, fromPage } = trial();
  const event = { ...fromPage, sender: new WebContents() };
  expect(await call("desktop:notify", event, "x")).toEqual(FOREIGN_PAGE);
});

test("no call is answered before the host is ready", async () => {
  const contents = new WebContents();
  answerCalls({ contents: () => contents as never, origin: () => undefined }, {} as Answers);
  const event = { sender: contents, senderFrame: contents.mainFrame };
  expect(await ipcMain.handlers.get("desktop:notify")?.(event, "x")).toEqual(FOREIGN_PAGE);
});

test.each([[[]], [["x", "y"]], [[1]], [[null]], [["x".repeat(11)]], [[{ toString: () => "x" }]]])(
  "arguments that a call does not accept are refused: %j",
  async (args) => {
    const { asked, call, fromPage } = trial();
    expect(await call("desktop:notify", fromPage, ...args)).toEqual({
      refusal: "The desktop cannot notify with these values.",
    });
    expect(asked).toEqual([]);
  },
);

test("a failure is returned as its message", async () => {
  const { call, fromPage } = trial();
  expect(await call("desktop:revealImage", fromPage, "fail")).toEqual({
    refusal: "There is no image called fail.",
  });
});
