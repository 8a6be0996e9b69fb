import { expect, test } from "vitest";
import { ConstantEngine } from "../fakes/constant-engine.ts";
import { openConstantServer, openInferenceServer } from "../fakes/open-inference-server.ts";
import { browserPage, foreignSite } from "../fakes/foreign-pages.ts";

const INFER = "/v2/models/stable-diffusion/infer";
const BODY = JSON.stringify({
  inputs: [{ name: "prompt", shape: [1], datatype: "BYTES", data: ["from evil"] }],
});

/** Everything that a page can send without the user's action, as it would reach an unguarded server. */
function attacks(target: string, key: string): string {
  return `<!doctype html><title>evil</title>
  <img id="picture" src="${target}/v2/models">
  <form id="form" method="post" enctype="text/plain" target="frame" action="${target}${INFER}">
    <input name='${BODY.slice(0, -1)},"x":"' value='"}'></form>
  <form id="unload" method="post" target="frame" action="${target}/v2/repository/models/starter/unload"></form>
  <iframe name="frame"></iframe>
  <iframe sandbox="allow-scripts" srcdoc="<script>
    fetch('${target}${INFER}', { method: 'POST', mode: 'no-cors', body: '{}' })</script>"></iframe>
  <script type="module">
    const outcomes = {};
    const send = async (name, init, path = "${INFER}") => {
      outcomes[name] = await fetch("${target}" + path, { method: "POST", body: '${BODY}', ...init })
        .then((reply) => reply.type + " " + reply.status, () => "failed");
    };
    document.getElementById("form").submit();
    document.getElementById("unload").submit();
    const json = { "content-type": "application/json" };
    await send("simple", { mode: "no-cors" });
    await send("untyped", { mode: "no-cors", body: new Blob(['${BODY}']) });
    await send("empty", { mode: "no-cors", body: null }, "/v2/repository/models/starter/unload");
    await send("json", { headers: json });
    await send("key", { headers: { ...json, authorization: "Bearer ${key}" } });
    await send("beacon", { mode: "no-cors", keepalive: true });
    navigator.sendBeacon("${target}${INFER}", new Blob(['${BODY}']));
    outcomes.read = await fetch("${target}/v2/models").then((reply) => reply.status, () => "failed");
    document.title = JSON.stringify(outcomes);
  </script>`;
}

async function guarded(origins: readonly string[] = []) {
  const server = await openConstantServer({ origins: [...origins] });
  const choices = { name: "stolen", keepsPictures: false, isSeedProfile: false };
  const { secret } = await server.file.addKey({ ...choices, scopes: ["inference", "management"] });
  return { ...server, secret };
}

test("nothing that another site's page sends reaches the engine, even with a key", async () => {
  const { origin, secret, engine, requests } = await guarded();
  const page = await browserPage();
  await page.goto(await foreignSite(attacks(origin, secret)));
  await page.waitForFunction(() => document.title.startsWith("{"));
  await page.waitForLoadState("networkidle");
  expect(JSON.parse(await page.title())).toEqual({
    simple: "failed",
    untyped: "failed",
    empty: "failed",
    json: "failed",
    key: "failed",
    beacon: "failed",
    read: "failed",
  });
  expect([engine.jobs, engine.loads]).toEqual([[], []]);
  const statuses = new Set(requests.list().map(({ status }) => status));
  expect(statuses).toEqual(new Set([403]));
});

test("control: the same page may, once its origin is listed", async () => {
  const engine = new ConstantEngine();
  // The page's form would end the state under test.
  engine.unload = () => Promise.resolve();
  const server = await openInferenceServer({ engine });
  const choices = { name: "given", keepsPictures: false, isSeedProfile: false };
  const { secret } = await server.file.addKey({ ...choices, scopes: ["inference"] });
  const site = await foreignSite(attacks(server.origin, secret));
  await server.file.change({ origins: [site] });
  const page = await browserPage();
  await page.goto(site);
  await page.waitForFunction(() => document.title.startsWith("{"));
  const outcomes = JSON.parse(await page.title()) as Record<string, unknown>;
  expect(outcomes).toMatchObject({ json: "cors 200", key: "cors 200", read: 200 });
  expect(server.engine.jobs.length).toBeGreaterThan(1);
});

test("a name rebound to this machine gets no access, though it counts as one origin", async () => {
  const { port, engine, requests } = await guarded();
  const page = await browserPage();
  const reply = await page.goto(`http://evil.test:${port}/v2/models`);
  expect([reply?.status(), await reply?.json()]).toMatchObject([421, { code: "REQUEST_REFUSED" }]);
  // Typed, so that the requests are not merely stopped by the refusal's own policy.
  const origin = await foreignSite("<!doctype html><title>rebound</title>");
  await page.goto(origin);
  const status = await page.evaluate(
    async ({ target, body }) =>
      fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body })
        .then((answer) => answer.status)
        .catch(() => "failed"),
    { target: `http://evil.test:${port}${INFER}`, body: BODY },
  );
  expect([status, engine.jobs]).toEqual(["failed", []]);
  expect(new Set(requests.list().map((row) => row.status))).toEqual(new Set([421]));
});

test("control: by an allowed name it opens, with a key", async () => {
  const { port, file } = await guarded();
  await file.change({ hostNames: ["evil.test"] });
  const { secret } = await file.addKey({
    name: "page",
    scopes: ["inference"],
    keepsPictures: false,
    isSeedProfile: false,
  });
  const page = await browserPage();
  await page.setExtraHTTPHeaders({ authorization: `Bearer ${secret}` });
  const reply = await page.goto(`http://evil.test:${port}/v2/models`);
  expect([reply?.status(), await reply?.json()]).toEqual([
    200,
    { models: ["starter", "stable-diffusion"] },
  ]);
});
