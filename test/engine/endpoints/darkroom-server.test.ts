import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Order } from "../../../engine/contract/order.ts";
import type { EndpointsOptions } from "../../../engine/endpoints/endpoints.ts";
import { WatchLog } from "../../../engine/endpoints/watching/watch-log.ts";
import type { PictureJob, PictureEvent } from "../../../engine/serving/picture-engine.ts";
import { ConstantEngine } from "../../fakes/constant-engine.ts";
import { added, openEndpoints, ORDER } from "../../fakes/open-endpoints.ts";
import { openConstantServer } from "../../fakes/open-inference-server.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

/** Reports the precision of its pictures, as a device of the studio does. */
class TellingEngine extends ConstantEngine {
  override async *draw(job: PictureJob, signal: AbortSignal): AsyncGenerator<PictureEvent, void> {
    for await (const event of super.draw(job, signal)) {
      if (event.kind !== "picture") yield event;
      else yield { ...event, record: { ...event.record, precision: "int8" } };
    }
  }
}

const QUALITY: Pick<
  Order,
  "steps" | "scheduler" | "preset" | "precision" | "guidanceInterval" | "cacheInterval" | "decoder"
> = {
  steps: 12,
  scheduler: "dpm++2m-karras",
  preset: "fast",
  precision: "int8",
  guidanceInterval: [0.1, 0.8],
  cacheInterval: 3,
  decoder: "tiny",
};

async function opened(engine = new ConstantEngine(), options: Partial<EndpointsOptions> = {}) {
  const server = await openConstantServer({}, engine);
  const { endpoints } = await openEndpoints(options);
  const { id } = await endpoints.add(added(server.origin));
  await endpoints.test(id);
  const { model } = endpoints.get(id);
  return { engine, endpoints, id, order: { ...ORDER, model } };
}

test("our own inference server is sent preset, precision and guidance interval, exactly", async () => {
  const { engine, endpoints, id, order } = await opened();
  const { signal } = new AbortController();
  const picture = await endpoints.draw(id, { ...order, ...QUALITY, seed: "7" }, { signal });
  expect(picture.sent).toMatchObject(QUALITY);
  expect(engine.jobs.flatMap(({ requests }) => requests)).toMatchObject([QUALITY]);
  // Settings left open stay open, so that the server's own default applies.
  await endpoints.draw(id, { ...order, seed: "7" }, { signal });
  const last = engine.jobs.at(-1)?.requests[0] ?? {};
  expect(Object.keys(last)).not.toEqual(expect.arrayContaining(Object.keys(QUALITY)));
});

test("it reports the precision of the picture", async () => {
  const { endpoints, id, order } = await opened(new TellingEngine());
  const { signal } = new AbortController();
  const picture = await endpoints.draw(id, { ...order, ...QUALITY }, { signal });
  expect(picture.precision).toBe("int8");
  const plain = await opened();
  const { precision } = await plain.endpoints.draw(plain.id, plain.order, { signal });
  expect(precision).toBeUndefined();
});

test("its device's seconds are reported by it, read here, and summed over pictures", async () => {
  const log = new WatchLog(join(temporaryFolder(), "history.sqlite"), () => new Date());
  onTestFinished(() => log.close());
  const onAsked: EndpointsOptions["onAsked"] = (asked, counted) => log.picture(asked, counted);
  const slow = new ConstantEngine({ steps: 2, stepMs: 40 });
  const { endpoints, id, order } = await opened(slow, { onAsked });
  const { signal } = new AbortController();
  const drawn = [
    await endpoints.draw(id, order, { signal }),
    await endpoints.draw(id, order, { signal }),
  ];
  const told = drawn.map(({ toldSeconds }) => Number(toldSeconds));
  // Time on the way is not counted as the device's.
  for (const [i, { seconds }] of drawn.entries()) {
    expect(told[i]).toBeGreaterThan(0);
    expect(told[i]).toBeLessThan(seconds);
  }
  const { pictures } = log.stats(id, "day");
  expect(pictures).toMatchObject({ done: 2, gpuTold: 2 });
  expect(pictures.gpuSeconds).toBeCloseTo(told[0]! + told[1]!, 2);
});
