import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { crc32 } from "node:zlib";
import { expect, onTestFinished, test, vi } from "vitest";
import type { NewEndpoint } from "../../engine/contract/endpoints.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import { doctorReport, type Finding } from "../../engine/contract/doctor.ts";
import { shareLink } from "../../engine/contract/share-link.ts";
import { pixels } from "../../engine/image/pixels.ts";
import { encodePng } from "../../engine/image/png/png.ts";
import { certificate } from "../fakes/certificates.ts";
import { darkroom } from "../fakes/command-line.ts";
import { connectProxy } from "../fakes/connect-proxy.ts";
import { studioAt, tokenFor } from "../fakes/enter-studio.ts";
import { filesIn, formsOf, textOf, treeOf } from "../fakes/leaks.ts";
import { always, type Answer, standInEndpoint } from "../fakes/stand-in-endpoint.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

/** It looks different in base64, in an address and in JSON. */
const TOKEN = "canary7f3a9c+51d0ab/b2c4e6~d8f0a2-7c41e9==";
const HEADER = "canary-b8d20f73-header-value";

/** For the proxy that the environment names. */
const PASSWORD = "canary-e61d95/proxy@password";

const FORMS = [TOKEN, HEADER, PASSWORD].flatMap(formsOf);

/** The form in which a text contains a secret; undefined if it does not. */
function leakIn(text: string): string | undefined {
  return FORMS.find((form) => text.includes(form));
}

/** A picture with the token in one of its texts, as from a server that logs into its pictures. */
function tellingPng(secret: string): Buffer {
  const png = Buffer.from(encodePng(pixels(2, 2, new Uint8Array(12).fill(90))));
  const content = Buffer.from(`tEXtparameters\0Authorization: Bearer ${secret}`, "latin1");
  const size = Buffer.alloc(4);
  size.writeUInt32BE(content.length - 4);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(content));
  return Buffer.concat([png.subarray(0, 33), size, content, sum, png.subarray(33)]);
}

/** A server that quotes the request in all its answers: unchanged, in base64 and as an address, in turn. */
function echoingEdge(): Answer {
  return (response, request, count) => {
    const { authorization = "" } = request.headers;
    const said = String(authorization).replace("Bearer ", "");
    const echo = [
      said,
      Buffer.from(said).toString("base64"),
      encodeURIComponent(said),
      JSON.stringify(request.headers),
    ].join(" ");
    const replies: Readonly<Record<string, object>> = {
      "/v2/health/ready": { ready: true, echo },
      "/v2": { name: `edge ${said}`, version: said },
      "/v2/models": { models: ["sd"] },
      "/v2/models/sd": { name: "sd", inputs: [{ name: "prompt", datatype: "BYTES", shape: [1] }] },
      "/v2/models/sd/ready": { name: "sd", ready: true, echo },
    };
    const known = replies[request.path];
    if (known !== undefined) return always(200, JSON.stringify(known))(response, request, count);
    if (request.body.includes("fails")) {
      return always(400, JSON.stringify({ error: `no: ${echo}` }))(response, request, count);
    }
    if (request.body.includes("moves")) {
      return response
        .writeHead(307, { location: `https://${said.slice(0, 6)}.example/${said}?token=${said}` })
        .end();
    }
    const image = tellingPng(said).toString("base64");
    const output = { name: "image", datatype: "BYTES", shape: [1], data: [image] };
    const parameters = { device: `cuda ${said}`, seed: "7" };
    always(200, JSON.stringify({ outputs: [output], parameters }), {
      "content-type": "application/json",
      "set-cookie": `t=${said}`,
      "x-echo": encodeURIComponent(echo),
    })(response, request, count);
  };
}

/** Draws at an endpoint behind the proxy, and asks one that the proxy refuses; returns all output. */
async function lookBehindProxy(
  studio: StudioClient,
  added: NewEndpoint,
  keep: <T>(name: string, value: T) => T,
): Promise<void> {
  const behind = { ...added, url: "https://edge.example", name: "behind" };
  const { id: behindId } = keep("add behind a proxy", await studio.endpoints.add(behind));
  const seen: Finding[] = [];
  for await (const finding of await studio.endpoints.diagnose({
    id: behindId,
    isPictureAsked: true,
  }))
    seen.push(finding);
  expect(seen.filter(({ outcome }) => outcome === "failed")).toEqual([]);
  keep("diagnose behind a proxy", seen);
  keep("report", doctorReport(behind.url, seen, new Date().toISOString(), "1"));
  // The error of a refused endpoint names the proxy, with its address in displayable form.
  const shut = { ...behind, url: "https://shut.example", name: "shut" };
  const { id: shutId } = keep("add what is shut", await studio.endpoints.add(shut));
  const refused = keep("test what is shut", await studio.endpoints.test({ id: shutId }));
  expect(refused.error?.code).toBe("PROXY_FAILED");
}

test("a token is only in the place that stores tokens", async () => {
  const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
  const edge = await standInEndpoint(echoingEdge());
  const pair = await certificate({ name: "an edge", hosts: ["edge.example"] });
  const hidden = await standInEndpoint(echoingEdge(), pair);
  const hosts = { "edge.example:443": hidden.port };
  const proxy = await connectProxy({ hosts, signIn: `alice:${PASSWORD}` });
  const signIn = `alice:${encodeURIComponent(PASSWORD)}`;
  const env = {
    DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere",
    TMPDIR: elsewhere,
    HTTPS_PROXY: proxy.url.replace("//", `//${signIn}@`),
  };
  const child = spawn(
    process.execPath,
    [
      "engine/cli.ts",
      "serve",
      "--json",
      "--port",
      "0",
      "--endpoint-port",
      "0",
      "--data-dir",
      folder,
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const { url } = JSON.parse(String(line)) as { url: string };
  const studio = studioAt(new URL(url).origin, await tokenFor(url));

  /** All answers to pages and commands, by what was requested. */
  const told = new Map<string, string>();
  const keep = <T>(name: string, value: T): T => {
    told.set(name, JSON.stringify(value) ?? "");
    return value;
  };
  const headers = [{ name: "x-api-key", value: HEADER }];
  const added = { url: edge.url, name: "edge", token: TOKEN, headers, profile: "prompt" as const };
  const endpoint = keep("add", await studio.endpoints.add(added));
  const { id } = endpoint;
  keep("test", await studio.endpoints.test({ id }));
  for (const asked of [{ id }, { endpoint: added }]) {
    const findings: unknown[] = [];
    for await (const finding of await studio.endpoints.diagnose({ ...asked, isPictureAsked: true }))
      findings.push(finding);
    keep(`diagnose ${Object.keys(asked)[0]}`, findings);
  }
  for (const prompt of ["a dog", "a dog that fails", "a dog that moves"]) {
    const { generationIds } = await studio.generation.enqueue({ prompt, target: id });
    const ended = await vi.waitFor(
      async () => {
        const generation = await studio.generation.get({ id: generationIds[0]! });
        expect(generation.state).toMatch(/^(?:done|failed)$/);
        return generation;
      },
      { timeout: 60_000, interval: 100 },
    );
    expect([prompt, ended.state]).toEqual([prompt, prompt === "a dog" ? "done" : "failed"]);
    keep(prompt, ended);
    keep(`${prompt}, recorded`, await studio.generation.record({ id: generationIds[0]! }));
    if (ended.imageId === undefined) continue;
    const image = keep("image", await studio.gallery.get({ id: ended.imageId }));
    const picture = await fetch(new URL(image.address, url));
    told.set("picture", Buffer.from(await picture.arrayBuffer()).toString("latin1"));
  }
  await lookBehindProxy(studio, { ...added, ca: pair.cert }, keep);
  told.set("what the proxy read", proxy.seen().replaceAll(/Basic [\w+/=]+/g, "Basic …"));
  keep("endpoints", await studio.endpoints.list());
  keep("queue", await studio.queue.get());
  keep("share link", shareLink((await studio.endpoints.list())[0]!));

  const run = async (name: string, args: readonly string[]) => {
    const outcome = await darkroom([...args, "--data-dir", folder], { env });
    keep(`darkroom ${name}`, outcome);
  };
  const curl = join(elsewhere, "request.sh");
  writeFileSync(curl, JSON.parse(told.get("a dog, recorded")!).curl);
  await run("list", ["endpoints", "--json"]);
  await run("test", ["endpoints", "test", "edge"]);
  await run("query", ["endpoints", "query", "edge", "a cat", "--out", elsewhere]);
  await run("query fails", [
    "endpoints",
    "query",
    "edge",
    "it fails",
    "--json",
    "--out",
    elsewhere,
  ]);
  await run("replay", ["replay", curl, "--on", "edge", "--out", elsewhere]);

  const processes = treeOf(child.pid!).flatMap((pid) =>
    ["cmdline", "environ"].map((file) => [pid, file] as const),
  );
  for (const [pid, file] of processes)
    told.set(
      `${readlinkSync(`/proc/${pid}/exe`)} ${file}`,
      // The user set the variable; nothing else in a process may contain its value.
      readFileSync(`/proc/${pid}/${file}`, "latin1").replaceAll(env.HTTPS_PROXY, ""),
    );
  child.kill("SIGTERM");
  await once(child, "exit");
  told.set("the host's output", said);

  const files = [...filesIn(folder), ...filesIn(elsewhere)];
  expect(files.filter((name) => name.endsWith(".png")).length).toBeGreaterThan(2);
  for (const file of files) told.set(file, textOf(file));
  const leaks = [...told].flatMap(([where, text]) => {
    const form = leakIn(text);
    return form === undefined
      ? []
      : [
          `${where}: ${form} … ${text.slice(Math.max(0, text.indexOf(form) - 120), text.indexOf(form) + 60)}`,
        ];
  });
  // Without a keyring, secrets are in this file, readable only by this user.
  expect(leaks.filter((leak) => !leak.startsWith(join(folder, "secrets.json")))).toEqual([]);
  expect(leaks.length).toBeLessThanOrEqual(1);
  expect(edge.received()).toContain(TOKEN);
  expect(
    hidden.seen.some(({ headers: { authorization } }) => authorization === `Bearer ${TOKEN}`),
  ).toBe(true);
  expect(JSON.stringify(hidden.seen)).not.toContain("proxy-authorization");
}, 600_000);
