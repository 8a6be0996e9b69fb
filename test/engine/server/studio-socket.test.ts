import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Agent, fetch } from "undici";
import { openLog } from "../../../engine/server/log.ts";
import { PictureAddresses } from "../../../engine/server/picture-addresses.ts";
import { StudioSocket } from "../../../engine/server/studio-socket.ts";
import { smallStudio } from "../../fakes/small-studio.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

async function open(path: string) {
  const studio = smallStudio();
  const addresses = new PictureAddresses();
  const socket = await StudioSocket.open(studio, {
    path,
    addresses,
    log: openLog(join(path, "..")).log,
  });
  const dispatcher = new Agent({ connect: { socketPath: path } });
  onTestFinished(async () => {
    await dispatcher.close();
    await socket.close();
  });
  return { studio, addresses, socket, dispatcher };
}

test("calls and pictures pass through a socket without a token; its mode is the key", async () => {
  const path = join(temporaryFolder(), "studio.sock");
  const { studio, addresses, dispatcher } = await open(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const reply = await fetch("http://localhost/rpc/say", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"json":{"text":"hello"}}',
    dispatcher,
  });
  expect(await reply.json()).toEqual({ json: "hello" });
  const picture = await fetch(`http://localhost${addresses.of("image", "a1")}`, { dispatcher });
  expect(await picture.text()).toBe("picture a1");
  expect(studio.calls).toEqual(["say hello", "picture a1"]);
});

test("a killed owner's socket is replaced", async () => {
  const path = join(temporaryFolder(), "studio.sock");
  writeFileSync(path, "");
  const { dispatcher } = await open(path);
  expect((await fetch("http://localhost/none", { dispatcher })).status).toBe(404);
});
