import { describe, expect, test } from "vitest";
import { openSession } from "../../../renderer/connection/session.ts";

/** A fake browser's parts: what is stored, what was requested, what the studio answers. */
function browser(hash: string, stored: string | null, answer: Response = Response.json({})) {
  const kept = new Map(stored === null ? [] : [["darkroom.token", stored]]);
  const asked: unknown[] = [];
  let isForgotten = false;
  const parts = {
    hash,
    storage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    },
    fetch: async (address: string | URL | Request, init?: RequestInit) => {
      asked.push([address, init?.method, init?.body]);
      return answer;
    },
    forgetHash: () => {
      isForgotten = true;
    },
  };
  return { parts, kept, asked, isForgotten: () => isForgotten };
}

describe("opening a session", () => {
  test("exchanges the code in the address for a token, stores it, and removes the code", async () => {
    const { parts, kept, asked, isForgotten } = browser(
      "#code=abc",
      null,
      Response.json({ token: "T" }),
    );
    expect(await openSession(parts)).toBe("T");
    expect(Object.fromEntries(kept)).toEqual({ "darkroom.token": "T" });
    expect(asked).toEqual([["/session", "POST", '{"code":"abc"}']]);
    expect(isForgotten()).toBe(true);
  });

  test("sends nothing if the address has no code", async () => {
    const { parts, asked, isForgotten } = browser("", "OLD");
    expect(await openSession(parts)).toBe("OLD");
    expect(asked).toEqual([]);
    expect(isForgotten()).toBe(false);
  });

  test("keeps an older token if the code was already used", async () => {
    const { parts, kept } = browser("#code=abc", "OLD", new Response(null, { status: 401 }));
    expect(await openSession(parts)).toBe("OLD");
    expect(kept.get("darkroom.token")).toBe("OLD");
  });

  test("has no token if the studio answers with something else", async () => {
    const { parts } = browser("#code=abc", null, Response.json({ token: 7 }));
    expect(await openSession(parts)).toBeUndefined();
  });
});
