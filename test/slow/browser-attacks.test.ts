import { expect, test } from "vitest";
import { openServer, type OpenServer } from "../fakes/open-server.ts";
import { browserPage, foreignSite } from "../fakes/foreign-pages.ts";

/** Everything that a page can send without the user's action, as it would reach an unguarded server. */
function attacks(target: string, { token, keys }: OpenServer): string {
  const picture = keys.addresses.of("image", "a1");
  const body = JSON.stringify({ json: { text: "from evil" } });
  return `<!doctype html><title>evil</title><img id="picture" src="${target}${picture}">
  <form id="form" method="post" enctype="text/plain" target="frame" action="${target}/rpc/say">
    <input name='{"json":{"text":"' value='form"}}'></form>
  <iframe name="frame"></iframe>
  <iframe sandbox="allow-scripts" srcdoc="<script>
    fetch('${target}/rpc/say', { method: 'POST', mode: 'no-cors', body: '{}' })</script>"></iframe>
  <script type="module">
    const outcomes = {};
    const send = async (name, init) => {
      outcomes[name] = await fetch("${target}/rpc/say", { method: "POST", body: '${body}', ...init })
        .then((reply) => reply.type + " " + reply.status, () => "failed");
    };
    const image = document.getElementById("picture");
    const seen = new Promise((resolve) => {
      if (image.complete) resolve(image.naturalWidth);
      image.onload = image.onerror = () => resolve(image.naturalWidth);
    });
    document.getElementById("form").submit();
    await send("simple", { mode: "no-cors" });
    await send("json", { headers: { "content-type": "application/json" } });
    await send("token", {
      headers: { "content-type": "application/json", authorization: "Bearer ${token}" },
    });
    await send("beacon", { mode: "no-cors", keepalive: true });
    outcomes.read = await fetch("${target}/").then((reply) => reply.status, () => "failed");
    outcomes.picture = await seen;
    document.title = JSON.stringify(outcomes);
  </script>`;
}

test("nothing that another site's page sends reaches the studio, even with its token", async () => {
  const server = await openServer();
  const page = await browserPage();
  await page.goto(await foreignSite(attacks(server.origin, server)));
  await page.waitForFunction(() => document.title.startsWith("{"));
  expect(JSON.parse(await page.title())).toEqual({
    simple: "failed",
    json: "failed",
    token: "failed",
    beacon: "failed",
    read: "failed",
    picture: 0,
  });
  expect(server.studio.calls).toEqual([]);
});

test("a name rebound to this machine gets no access, though it counts as one origin", async () => {
  const server = await openServer();
  const page = await browserPage();
  const reply = await page.goto(`http://evil.test:${server.port}/`);
  expect(reply?.status()).toBe(421);
  const statuses = await page.evaluate(
    async ({ token, picture }) => {
      const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
      const body = JSON.stringify({ json: { text: "rebound" } });
      const replies = [
        fetch("/rpc/say", { method: "POST", headers, body }),
        fetch("/session", { method: "POST", headers, body: '{"code":"x"}' }),
        fetch(picture),
      ];
      return Promise.all(
        replies.map(async (reply) => (await reply).status).map((one) => one.catch(() => 0)),
      );
    },
    { token: server.token, picture: server.keys.addresses.of("image", "a1") },
  );
  // The refusal's own policy lets its page send nothing: 0 means a request that was never sent.
  expect(statuses).toEqual([0, 0, 0]);
  expect(server.studio.calls).toEqual([]);
});

test("no page can put the studio into a frame", async () => {
  const server = await openServer();
  const page = await browserPage();
  await page.goto(await foreignSite(`<iframe src="${server.origin}/"></iframe>`));
  await page.waitForLoadState("networkidle");
  const [, frame] = page.frames();
  expect(frame?.url()).not.toBe(`${server.origin}/`);
});

test("a link from another site opens the pages, and a saved picture keeps its name", async () => {
  const server = await openServer();
  const page = await browserPage();
  await page.goto(await foreignSite(`<a href="${server.origin}/gallery">go</a>`));
  await page.click("a");
  await page.waitForURL(`${server.origin}/gallery`);
  const address = `${server.keys.addresses.of("preview", "p")}&download=${encodeURIComponent("red fish.webp")}`;
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.evaluate((href) => {
      const link = document.createElement("a");
      link.href = href;
      document.body.append(link);
      link.click();
    }, address),
  ]);
  expect(download.suggestedFilename()).toBe("red fish.webp");
});
