import { expect, test } from "vitest";
import { added, openEndpoints } from "../../../fakes/open-endpoints.ts";
import { always, standInEndpoint } from "../../../fakes/stand-in-endpoint.ts";

/** A server that has one address besides those for pictures, and answers 404 elsewhere. */
function serverWith(path: string, reply: object) {
  return standInEndpoint((response, request, count) => {
    const isThere = request.path === path;
    const answer = isThere ? reply : { detail: "Not Found" };
    always(isThere ? 200 : 404, JSON.stringify(answer))(response, request, count);
  });
}

const OPTIONS = { sd_model_checkpoint: "v2-1_768.safetensors" };

test.each([
  ["v1", "/v1/models", { models: ["kt2"] }, { model: "kt2", profile: "prompt" }],
  ["openai", "/v1/models", { data: [{ id: "image-1" }] }, { model: "image-1", profile: "full" }],
  ["a1111", "/sdapi/v1/options", OPTIONS, { model: "v2-1_768.safetensors", profile: "full" }],
] as const)("%s is recognised by a base address", async (kind, path, reply, found) => {
  const { url } = await serverWith(path, reply);
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(url));
  expect(await endpoints.test(id)).toMatchObject({ state: "ready", models: [found.model] });
  expect(endpoints.get(id)).toMatchObject({ kind, ...found });
  expect(await endpoints.test(id)).toMatchObject({ state: "ready" });
});

test("a chosen protocol is kept, and the one that it speaks is named", async () => {
  const { url } = await serverWith("/v1/models", { models: ["kt2"] });
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(url, { kind: "v2" }));
  expect((await endpoints.test(id)).error).toMatchObject({
    code: "ENDPOINT_REFUSED",
    details: { status: 404, reason: "it speaks KServe v1, so choose that as its protocol" },
  });
  expect(endpoints.get(id).kind).toBe("v2");
  await endpoints.change({ id, kind: "v1" });
  expect(await endpoints.test(id)).toMatchObject({ state: "ready" });
});

test("a protocol that was found belongs to its address, a chosen one does not", async () => {
  const { url } = await serverWith("/v1/models", { models: ["kt2"] });
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(url));
  await endpoints.test(id);
  expect(await endpoints.change({ id, url: "https://other.example" })).toMatchObject({
    kind: "v2",
  });
  await endpoints.change({ id, kind: "openai" });
  expect(await endpoints.change({ id, url })).toMatchObject({ kind: "openai" });
});
