import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { bind } from "../../../engine/http/bind.ts";
import { takenPort } from "../../fakes/taken-port.ts";

function fresh() {
  const server = createServer();
  onTestFinished(() => void server.close());
  return server;
}

test("any port is used if none is requested", async () => {
  expect(await bind(fresh(), { host: "127.0.0.1", port: 0, tries: 1 })).toBeGreaterThan(1023);
});

test.each(["127.0.0.1", "0.0.0.0"])("a port in use on %s is named", async (host) => {
  const port = await takenPort(host);
  await expect(bind(fresh(), { host: "127.0.0.1", port, tries: 1 })).rejects.toMatchObject({
    code: "PORT_IN_USE",
    details: { port, host: "127.0.0.1" },
    message: expect.stringContaining(String(port)),
  });
});

test("the next free port is used if another is acceptable", async () => {
  const port = await takenPort("127.0.0.1");
  const got = await bind(fresh(), { host: "127.0.0.1", port, tries: 20 });
  expect(got).toBeGreaterThan(port);
  expect(got).toBeLessThan(port + 20);
});

test("an address that is not this machine's is refused", async () => {
  await expect(bind(fresh(), { host: "192.0.2.1", port: 0, tries: 1 })).rejects.toMatchObject({
    code: "REQUEST_INVALID",
    details: { field: "The address", value: "192.0.2.1" },
  });
});

/** Answers like Windows for its reserved ranges: every port below 20000. */
function excluding() {
  const server = fresh();
  const listen = server.listen.bind(server);
  Object.assign(server, {
    listen: (place: { host: string; port: number }) =>
      place.port > 0 && place.port < 20_000
        ? process.nextTick(() =>
            server.emit("error", Object.assign(new Error(), { code: "EACCES" })),
          )
        : listen(place),
  });
  return server;
}

test("a port that the system reserves is refused by name, or any other is used", async () => {
  const place = { host: "127.0.0.1", port: 7860 };
  await expect(bind(excluding(), { ...place, tries: 1 })).rejects.toMatchObject({
    code: "PORT_REFUSED",
    details: place,
    message: expect.stringContaining("excludedportrange"),
  });
  expect(await bind(excluding(), { ...place, tries: 50 })).toBeGreaterThan(20_000);
});
