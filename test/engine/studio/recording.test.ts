import { expect, test, vi } from "vitest";
import { readRecorded } from "../../../engine/kserve/recorder/read-recorded.ts";
import { recordingOf } from "../../../engine/studio/recording.ts";
import { openEndpoints, added, ORDER } from "../../fakes/open-endpoints.ts";
import { EDGE, notebookReply, notebookService, PIXELS } from "../../fakes/notebook-service.ts";
import { always, standInEndpoint } from "../../fakes/stand-in-endpoint.ts";

const { signal } = new AbortController();

test("a picture of a wrapper with v1 is recorded as a request to v1's address", async () => {
  const service = notebookService();
  const atV1 = always(200, JSON.stringify(notebookReply(PIXELS)));
  const edge = await standInEndpoint((response, request, count) => {
    const isPredicted = request.path.endsWith(":predict");
    const answer = request.path.endsWith("/infer") ? EDGE.v1Wrapper : isPredicted ? atV1 : service;
    answer(response, request, count);
  });
  const { endpoints } = await openEndpoints();
  const { id } = await endpoints.add(added(edge.url));
  const before = recordingOf(ORDER, { endpoint: endpoints.get(id) });
  expect(before.curl).toContain(`${edge.url}/v2/models/stable-diffusion/infer`);
  await endpoints.draw(id, ORDER, { signal });
  await vi.waitFor(() => expect(endpoints.get(id).isV1Wrapper).toBe(true), 20_000);

  const { curl, requests, triton } = recordingOf(ORDER, { endpoint: endpoints.get(id) });
  const url = `${edge.url}/v1/models/stable-diffusion:predict`;
  for (const form of [curl, requests]) {
    const read = readRecorded(new TextEncoder().encode(form));
    expect(read).toMatchObject({ url, requests: [{ prompt: ORDER.prompt }] });
  }
  expect(triton).toContain("# Works once PROTOCOL_VERSION is v2");
});
