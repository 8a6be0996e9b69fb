import { expect, test, vi } from "vitest";
import { pixels } from "../../../../engine/image/pixels.ts";
import { certificate } from "../../../fakes/certificates.ts";
import { ConstantEngine } from "../../../fakes/constant-engine.ts";
import { added, openEndpoints, ORDER } from "../../../fakes/open-endpoints.ts";
import { openGrpcServer } from "../../../fakes/open-grpc-server.ts";
import { tlsFiles } from "../../../fakes/tls-files.ts";

const never = new AbortController().signal;
const authority = await certificate({ name: "an authority", hosts: [], isAuthority: true });
const service = await certificate({ name: "a service", by: authority });

/** Our own server over TLS, with a private authority that the endpoint trusts. */
async function opened(engine: ConstantEngine) {
  const server = await openGrpcServer({ engine, tls: tlsFiles(service) });
  const timing = { connectMs: 5000, idleMs: 5000, bodyMs: 60_000 };
  const { endpoints } = await openEndpoints({ timing });
  const { id } = await endpoints.add(added(`grpcs://${server.target}`, { ca: authority.cert }));
  expect((await endpoints.test(id)).error).toBeUndefined();
  const { model } = endpoints.get(id);
  return { ...server, endpoints, id, order: { ...ORDER, model } };
}

test("cancelling a picture over gRPC and TLS frees the device", async () => {
  const { engine, admission, endpoints, id, order } = await opened(
    new ConstantEngine({ steps: 100_000, stepMs: 5 }),
  );
  const cancel = new AbortController();
  const drawing = endpoints.draw(id, order, { signal: cancel.signal });
  await vi.waitFor(() => expect(admission.isDrawing).toBe(true), { timeout: 10_000 });
  cancel.abort();
  await expect(drawing).rejects.toBe(cancel.signal.reason);
  await vi.waitFor(() => expect(admission.isDrawing).toBe(false), { timeout: 10_000 });
  expect([engine.abortedJobs, engine.drawnPictures]).toEqual([1, 0]);
});

test("a reply of more than 4 MiB, gRPC's own limit, arrives exactly over TLS", async () => {
  const [width, height] = [1300, 1100];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 31 + (i >> 8)) % 256);
  expect(data.length).toBeGreaterThan(4 << 20);
  const { endpoints, id, order } = await opened(
    new ConstantEngine({ pixels: pixels(width, height, data) }),
  );
  const picture = await endpoints.draw(id, order, { signal: never });
  expect([picture.pixels.width, picture.pixels.height]).toEqual([width, height]);
  expect(Buffer.compare(picture.pixels.data, data)).toBe(0);
});
