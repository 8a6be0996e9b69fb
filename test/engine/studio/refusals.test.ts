import { createRouterClient, implement, type ORPCError } from "@orpc/server";
import { expect, test } from "vitest";
import { contract } from "../../../engine/contract/contract.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import { refusals } from "../../../engine/studio/refusals.ts";

/** The procedures of the contract wrapped in refusals, and what is logged. */
function guarded() {
  const logged: unknown[] = [];
  const { generation } = contract;
  const os = implement({ generation }).use(refusals((...args) => logged.push(args)));
  return { os, logged };
}

/** What a call throws, as its client sees it. */
async function seen(call: Promise<unknown>): Promise<object> {
  try {
    return { answer: await call };
  } catch (error) {
    const { code, status, message, data } = error as ORPCError<string, unknown>;
    return { code, status, message, data };
  }
}

/** What the client and the log get of an error that a procedure throws. */
async function thrown(error: unknown): Promise<{ seen: object; logged: unknown[] }> {
  const { os, logged } = guarded();
  const get = os.generation.get.handler(() => {
    throw error;
  });
  return { seen: await seen(createRouterClient({ get }).get({ id: "x" })), logged };
}

test("a refusal arrives completely, and is not logged", async () => {
  const refusal = new StudioError("NOT_FOUND", { what: "generation", id: "x" });
  expect(await thrown(refusal)).toEqual({
    seen: {
      code: "NOT_FOUND",
      status: 404,
      message: refusal.message,
      data: { what: "generation", id: "x" },
    },
    logged: [],
  });
});

test("an internal error is INTERNAL without its message, and the log has it", async () => {
  const mistake = new TypeError("cannot read /home/somebody/secret");
  const { seen, logged } = await thrown(mistake);
  expect(seen).toEqual({
    code: "INTERNAL",
    status: 500,
    message: "An internal error occurred: TypeError. Report it; the log has the details.",
    data: { reason: "TypeError" },
  });
  expect(logged).toEqual([[mistake, "get"]]);
});

test("an invalid input is REQUEST_INVALID with field, value and reason", async () => {
  const { os, logged } = guarded();
  const enqueue = os.generation.enqueue.handler(() => ({ generationIds: [] }));
  const call = createRouterClient({ enqueue }).enqueue({ prompt: "x", steps: 0 });
  expect(await seen(call)).toMatchObject({
    code: "REQUEST_INVALID",
    status: 400,
    data: { field: "steps", value: "0", reason: "it must be at least 1" },
  });
  expect(logged).toEqual([]);
});

test("an answer that does not match the contract is an internal error", async () => {
  const { os, logged } = guarded();
  // @ts-expect-error -- the contract asks for a whole generation
  const get = os.generation.get.handler(() => ({ id: "x" }));
  const call = createRouterClient({ get }).get({ id: "x" });
  expect(await seen(call)).toMatchObject({ code: "INTERNAL", status: 500 });
  expect(logged).toHaveLength(1);
});

test("a failure whose client has disconnected is not logged", async () => {
  const { os, logged } = guarded();
  const leave = new AbortController();
  const get = os.generation.get.handler(() => {
    leave.abort();
    throw new DOMException("aborted", "AbortError");
  });
  const call = createRouterClient({ get }).get({ id: "x" }, { signal: leave.signal });
  expect(await seen(call)).toMatchObject({ code: "INTERNAL" });
  expect(logged).toEqual([]);
});
