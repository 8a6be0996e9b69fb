import { once } from "node:events";
import { createServer } from "node:http";
import { Agent, get } from "node:https";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { connectionReason } from "../../../engine/network/connection-reason.ts";

test("a proxy that blocks everything is named", async () => {
  const proxy = createServer().on("connect", (_, socket) => {
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => void proxy.close());
  const { port } = proxy.address() as AddressInfo;
  const agent = new Agent({ proxyEnv: { HTTPS_PROXY: `http://127.0.0.1:${port}` } });
  const [error] = await once(get("https://models.example/", { agent }), "error");
  expect(connectionReason(error)).toEqual({
    kind: "unreachable",
    reason: "the proxy does not let the connection through",
  });
});

test("a port that answers TLS in plain http is named as such", async () => {
  const plain = createServer();
  plain.listen(0, "127.0.0.1");
  await once(plain, "listening");
  onTestFinished(() => void plain.close());
  const { port } = plain.address() as AddressInfo;
  const [error] = await once(get(`https://127.0.0.1:${port}/`), "error");
  expect(connectionReason(error)).toEqual({
    kind: "unreachable",
    reason: "it does not speak TLS; the address may need http://",
  });
});
