import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import { Queue } from "../../../engine/queue/queue.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { order } from "./orders.ts";

/** The expected queue: open generations in order, ended ones by id. */
interface Model {
  running: string | undefined;
  waiting: string[];
  ended: Map<string, "done" | "failed" | "cancelled" | "interrupted">;
  isPaused: boolean;
  seeds: Map<string, string>;
}

interface Real {
  readonly path: string;
  queue: Queue;
  lastSeed: number;
}

type Command = fc.Command<Model, Real>;

/** Whatever happened: nothing is lost, the order and the seeds are kept, and at most one generation runs. */
function compare(model: Model, { queue }: Real): void {
  const rows = queue.list();
  const running = model.running === undefined ? [] : [model.running];
  expect({
    running: rows.filter(({ state }) => state === "running").map(({ id }) => id),
    openIds: queue.openIds(),
    firstRows: rows.slice(0, running.length + model.waiting.length).map(({ id }) => id),
    states: new Map(rows.map(({ id, state }) => [id, state])),
    seeds: new Map(rows.map(({ id, order: { seed } }) => [id, seed])),
    isPaused: queue.isPaused,
  }).toEqual({
    running,
    openIds: [...running, ...model.waiting],
    firstRows: [...running, ...model.waiting],
    states: new Map([
      ...running.map((id) => [id, "running"] as const),
      ...model.waiting.map((id) => [id, "waiting"] as const),
      ...model.ended,
    ]),
    seeds: model.seeds,
    isPaused: model.isPaused,
  });
}

/** A command that performs the same step on both sides and compares the results. */
function command(name: string, step: (model: Model, real: Real) => void): Command {
  return {
    check: () => true,
    run: (model, real) => {
      step(model, real);
      compare(model, real);
    },
    toString: () => name,
  };
}

function pick<T>(all: readonly T[], at: number): T | undefined {
  return all[at % Math.max(1, all.length)];
}

function add(count: number, isFirst: boolean): Command {
  return command(`add(${count}, ${isFirst})`, (model, real) => {
    const orders = Array.from({ length: count }, () => order(++real.lastSeed));
    const ids = real.queue.add(orders, { isFirst });
    model.waiting = isFirst ? [...ids, ...model.waiting] : [...model.waiting, ...ids];
    for (const [i, id] of ids.entries()) model.seeds.set(id, orders[i]!.seed!);
  });
}

function start(): Command {
  return command("start", (model, { queue }) => {
    if (model.running !== undefined) return;
    const next = queue.startNext();
    expect(next?.id).toBe(model.waiting[0]);
    model.running = model.waiting.shift();
  });
}

function end(state: "done" | "failed" | "cancelled"): Command {
  return command(`end(${state})`, (model, { queue }) => {
    if (model.running === undefined) return;
    queue.end(model.running, { state, imageId: "picture", error: new Error("out") });
    model.ended.set(model.running, state);
    model.running = undefined;
  });
}

function cancel(at: number): Command {
  return command(`cancel(${at})`, (model, { queue }) => {
    const id = pick([...model.seeds.keys()], at);
    if (id === undefined) return;
    const running = queue.cancel([id]);
    expect(running).toEqual(id === model.running ? [id] : []);
    if (!model.waiting.includes(id)) return;
    model.waiting = model.waiting.filter((one) => one !== id);
    model.ended.set(id, "cancelled");
  });
}

function cancelOthers(): Command {
  return command("cancelOthers", (model, { queue }) => {
    queue.cancelOthers();
    for (const id of model.waiting) model.ended.set(id, "cancelled");
    model.waiting = [];
  });
}

function retry(at: number): Command {
  return command(`retry(${at})`, (model, { queue }) => {
    const id = pick([...model.seeds.keys()], at);
    if (id === undefined) return;
    if (model.ended.get(id) === "done") return expect(() => queue.retry([id])).toThrow(StudioError);
    queue.retry([id]);
    if (model.ended.delete(id)) model.waiting.push(id);
  });
}

function move(at: number, before: number | null): Command {
  return command(`move(${at}, ${before})`, (model, { queue }) => {
    const id = pick(model.waiting, at);
    const other = before === null ? null : pick(model.waiting, before);
    if (id === undefined || other === undefined) return;
    queue.move(id, other);
    if (id === other) return;
    const rest = model.waiting.filter((one) => one !== id);
    const place = other === null ? rest.length : rest.indexOf(other);
    model.waiting = rest.toSpliced(place, 0, id);
  });
}

function prune(at: number | undefined): Command {
  return command(`prune(${at})`, (model, { queue }) => {
    const id = at === undefined ? undefined : pick([...model.ended.keys()], at);
    if (at !== undefined && id === undefined) return;
    queue.prune(id === undefined ? undefined : [id]);
    for (const one of id === undefined ? [...model.ended.keys()] : [id]) {
      model.ended.delete(one);
      model.seeds.delete(one);
    }
  });
}

function pause(isPaused: boolean): Command {
  return command(`pause(${isPaused})`, (model, { queue }) => {
    queue.setPaused(isPaused);
    model.isPaused = isPaused;
  });
}

function restart(): Command {
  return command("restart", (model, real) => {
    real.queue.close();
    real.queue = Queue.open(real.path);
    if (model.running !== undefined) model.ended.set(model.running, "interrupted");
    model.running = undefined;
  });
}

const at = fc.nat(50);
const commands = fc.commands(
  [
    fc.tuple(fc.integer({ min: 1, max: 4 }), fc.boolean()).map((args) => add(...args)),
    fc.constant(start()),
    fc.constantFrom("done", "failed", "cancelled").map(end),
    at.map(cancel),
    fc.constant(cancelOthers()),
    at.map(retry),
    fc.tuple(at, fc.option(at)).map((args) => move(...args)),
    fc.option(at, { nil: undefined }).map(prune),
    fc.boolean().map(pause),
    fc.constant(restart()),
  ],
  { maxCommands: 40 },
);

test("whatever happens, no generation is lost, order is kept, and at most one runs", () => {
  const folder = temporaryFolder();
  let run = 0;
  const keepsToTheModel = fc.property(commands, (asked) => {
    const path = join(folder, `${++run}.sqlite`);
    const real: Real = { path, queue: Queue.open(path), lastSeed: 0 };
    const model: Model = {
      running: undefined,
      waiting: [],
      ended: new Map(),
      isPaused: false,
      seeds: new Map(),
    };
    try {
      fc.modelRun(() => ({ model, real }), asked);
    } finally {
      real.queue.close();
    }
  });
  expect(() => fc.assert(keepsToTheModel, { numRuns: 60 })).not.toThrow();
});
