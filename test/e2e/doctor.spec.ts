import type { Locator, Page } from "@playwright/test";
import { certificate } from "../fakes/certificates.ts";
import { tokenUntil } from "../fakes/expiring-token.ts";
import { type GrpcAnswer, openGrpcStandIn } from "../fakes/grpc-stand-in.ts";
import { EDGE, notebookReply, notebookService, PIXELS } from "../fakes/notebook-service.ts";
import { always, type Answer, openStandIn } from "../fakes/stand-in-endpoint.ts";
import { routerEdge } from "../fakes/cold-edge.ts";
import {
  type Ailment,
  OF_A1111,
  OF_GRPC,
  OF_OPENAI,
  OF_TORCHSERVE,
  OF_V1,
  OF_V2,
} from "./doctor-findings.ts";
import { act } from "./endpoint-card.ts";
import { addUntested, call } from "./remote-studio.ts";
import { expect, JWT, PASSWORD, SIGNATURE, test } from "./studio-test.ts";

const EXPIRED = tokenUntil(new Date("2020-01-01"), SIGNATURE);
const EXPIRING = tokenUntil(new Date(Date.now() + 3_600_000), SIGNATURE);

/** Opens an endpoint's doctor, which starts at once. */
async function openDoctor(page: Page, name: string): Promise<Locator> {
  await page.goto(new URL("/endpoints", page.url()).href);
  const card = page.getByRole("article", { name, exact: true });
  await act(card, "Find the problem");
  return page.getByRole("dialog", { name: `Checks of ${name}` });
}

/** Checks the doctor's conclusion. */
async function expectSaid(
  dialog: Locator,
  name: string,
  { what, step, seen, fix, copy, isWarning }: Omit<Ailment, "answer">,
): Promise<void> {
  const isStarting = step === undefined && isWarning !== true;
  const failure = isStarting ? `${name} may still be starting` : `${step} failed`;
  const title = isWarning === true ? "It works; something needs attention" : failure;
  await expect(dialog.getByRole("status"), what).toHaveText(title);
  await expect(dialog.getByText(seen).first(), what).toBeVisible();
  await expect(dialog.getByText(fix).first(), what).toBeVisible();
  if (copy !== undefined) await expect(dialog.getByText(copy), what).toBeVisible();
  const wait = dialog.getByRole("button", { name: "Wait for it to start" });
  await expect(wait, what).toHaveCount(isStarting ? 1 : 0);
  const edit = dialog.getByRole("button", { name: "Edit the endpoint" });
  const trial = dialog.getByRole("button", { name: "Try which settings it uses" });
  await expect(isWarning === true ? trial : edit, what).toBeVisible();
  await expect(isWarning === true ? edit : trial, what).toHaveCount(0);
}

/** Diagnoses one endpoint with each of its problems, with a picture if the problem appears only then. */
async function examine<Given>(
  page: Page,
  name: string,
  ailments: readonly Ailment<Given>[],
  fall: (answer: Given) => void,
): Promise<void> {
  const [first] = ailments;
  if (first !== undefined) fall(first.answer);
  const dialog = await openDoctor(page, name);
  for (const ailment of ailments) {
    fall(ailment.answer);
    const isPictures = dialog.getByRole("switch", { name: "Generate one picture, too" });
    if (ailment.isPictures === true && !(await isPictures.isChecked()))
      await dialog.getByText("Generate one picture, too").click();
    await dialog.getByRole("button", { name: "Check again" }).click();
    await expectSaid(dialog, name, ailment);
  }
  await expectNoSecretIn(page, dialog);
}

/** The copied report says what failed, and contains no secret. */
async function expectNoSecretIn(page: Page, dialog: Locator): Promise<void> {
  await dialog.getByRole("button", { name: "Copy report" }).click();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  expect(report).toMatch(
    /^Endpoint \S+\nChecked .+\n(?:Failed: .+\.|It works, with warnings: .+\.|Nothing is wrong\.)\n/,
  );
  for (const text of [report, await page.content()])
    for (const secret of [SIGNATURE, PASSWORD]) expect(text).not.toContain(secret);
}

test("the doctor names every finding of every kind of remote, and what helps", async ({
  studio: { page },
}) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  let answer: Answer = notebookService();
  await using edge = await openStandIn((...asked) => answer(...asked));
  let reply: GrpcAnswer = () => {};
  await using grpc = await openGrpcStandIn((...asked) => reply(...asked));
  const all = [
    ["Over v2", "v2", edge.url, OF_V2],
    ["Over v1", "v1", edge.url, OF_V1],
    ["As OpenAI", "openai", edge.url, OF_OPENAI],
    ["As the web UI", "a1111", edge.url, OF_A1111],
    ["TorchServe", "v2", edge.url, OF_TORCHSERVE],
  ] as const;
  for (const [name, kind, url, ailments] of all) {
    const model = kind === "a1111" ? {} : { model: "stable-diffusion" };
    await addUntested(page, { name, kind, url, ...model, token: JWT });
    await examine(page, name, ailments, (next) => (answer = next));
  }
  const over = { name: "Over gRPC", url: grpc.url, model: "stable-diffusion" };
  await addUntested(page, { ...over, token: JWT });
  await examine(page, over.name, OF_GRPC, (next) => (reply = next));
});

test("the doctor names problems of the connection: a token's expiry, certificates, names and ports", async ({
  studio: { page },
}) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const expired = {
    what: "a token that has expired",
    step: "Token",
    seen: /The token expired at 2020-01-01 00:00 UTC\./,
    fix: /Make a new token and enter it/,
    copy: "oc create token kt2-sa -n sd-proj --duration=720h",
    field: "Bearer token",
  };
  await using guarded = await openStandIn((response) => response.writeHead(401).end());
  const { cert, key } = await certificate({ hosts: ["elsewhere.example"] });
  await using misnamed = await openStandIn(notebookService(), { cert, key });
  await using untrusted = await openStandIn(notebookService(), await certificate());
  const old = await certificate({ from: new Date("2020-01-01"), until: new Date("2020-02-01") });
  await using lapsed = await openStandIn(notebookService(), old);
  const trusted = await certificate();
  await using well = await openStandIn(notebookService(), trusted);
  await using plain = await openStandIn(notebookService());
  const gone = await openStandIn(notebookService());
  await gone[Symbol.asyncDispose]();
  const cases = [
    [expired, { url: guarded.url, token: EXPIRED }],
    [
      {
        what: "a certificate of another name",
        step: "TLS",
        seen: /it is for another host \(for elsewhere\.example, until/,
        fix: /Use the name that it is for/,
      },
      { url: misnamed.url, ca: cert, token: JWT },
    ],
    [
      {
        what: "a certificate that nobody here trusts",
        step: "TLS",
        seen: /self-signed/,
        fix: /Trust its CA for this endpoint/,
        copy: "oc get configmap default-ingress-cert",
        field: "Look at its certificate",
      },
      { url: untrusted.url, token: JWT },
    ],
    [
      {
        what: "a certificate that has expired",
        step: "TLS",
        seen: /it has expired .*2020-02-01/,
        fix: /Its operator must renew it/,
      },
      { url: lapsed.url, ca: old.cert, token: JWT },
    ],
    [
      {
        what: "plain http to a port that speaks TLS",
        step: "Route",
        seen: /This port speaks TLS/,
        fix: /Write the address with https:\/\//,
      },
      { url: well.url.replace("https:", "http:") },
    ],
    [
      {
        what: "a token that expires today",
        isWarning: true,
        seen: /Accepted until /,
        fix: /Make a new one today/,
        copy: "oc create token kt2-sa -n sd-proj --duration=720h",
      },
      { url: well.url, ca: trusted.cert, token: EXPIRING },
    ],
    [
      {
        what: "a certificate that is not checked",
        isWarning: true,
        seen: /it is not checked/,
        fix: /Trust its CA for this endpoint instead/,
      },
      { url: well.url, isInsecure: true },
    ],
    [
      {
        what: "a port that speaks no TLS",
        step: "TLS",
        seen: /speaks plain http, not TLS/,
        fix: /Write the address with http:\/\//,
      },
      { url: plain.url.replace("http:", "https:"), token: JWT },
    ],
    [
      {
        what: "a port where nobody listens",
        step: "TCP",
        seen: /nothing listens on that port/,
        fix: /start the server, or its port-forward, again/,
      },
      { url: gone.url, token: JWT },
    ],
    [
      {
        what: "a name of the cluster",
        step: "DNS",
        seen: /kt2-predictor\.sd-proj\.svc\.cluster\.local/,
        fix: /exists inside the cluster alone/,
        copy: "oc port-forward service/kt2-predictor 8080 -n sd-proj",
        field: "Address",
      },
      { url: "https://kt2-predictor.sd-proj.svc.cluster.local", token: JWT },
    ],
  ] as const;
  for (const [said, endpoint] of cases) {
    const name = `With ${said.what}`;
    await addUntested(page, { ...endpoint, name });
    const dialog = await openDoctor(page, name);
    await expectSaid(dialog, name, said);
    await expectNoSecretIn(page, dialog);
    if (!("field" in said)) continue;
    // A failed check leads to the field that it is about.
    await page.getByRole("button", { name: "Edit the endpoint" }).click();
    const form = page.getByRole("dialog", { name: `Edit ${name}` });
    await expect(form.getByRole("textbox", { name: "Address" })).toHaveValue(endpoint.url);
    const field = form.getByLabel(said.field, { exact: true });
    await expect(field.or(form.getByRole("button", { name: said.field }))).toBeFocused();
  }
  const received = [misnamed, untrusted, lapsed, plain].map((one) => one.received()).join("");
  expect(received).not.toContain(SIGNATURE);
});

test("the doctor names a proxy that does not connect, without its password", async ({
  openStudio,
}) => {
  const gone = await openStandIn(notebookService());
  await gone[Symbol.asyncDispose]();
  const proxy = `http://someone:${PASSWORD}@127.0.0.1:${gone.port}`;
  const { page } = await openStudio({ HTTPS_PROXY: proxy, NO_PROXY: "" });
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const name = "Behind a proxy";
  await addUntested(page, { name, url: "https://kt2.apps.example", token: JWT });
  const dialog = await openDoctor(page, name);
  await expectSaid(dialog, name, {
    what: "a proxy that does not answer",
    step: "Proxy",
    seen: new RegExp(`127\\.0\\.0\\.1:${gone.port} \\(HTTPS_PROXY\\): nothing listens`),
    fix: /\.$/,
  });
  await expectNoSecretIn(page, dialog);
});

test("a picture over protocol v1 is a warning of the doctor's, and a note on the card", async ({
  studio: { page },
}) => {
  const service = notebookService();
  const atV1 = always(200, JSON.stringify(notebookReply(PIXELS)));
  await using wrapper = await openStandIn((response, request, count) => {
    const isPredicted = request.path.endsWith(":predict");
    const answer = request.path.endsWith("/infer") ? EDGE.v1Wrapper : isPredicted ? atV1 : service;
    answer(response, request, count);
  });
  const name = "Wrapped";
  const id = await addUntested(page, { name, url: wrapper.url });
  const dialog = await openDoctor(page, name);
  await dialog.getByText("Generate one picture, too").click();
  await dialog.getByRole("button", { name: "Check again" }).click();
  await expect(dialog.getByText(/^3x2 in .*from v1's address: /)).toBeVisible();
  await expect(dialog.getByText(/Set PROTOCOL_VERSION to v2/)).toBeVisible();
  await expect(dialog.getByRole("status")).toHaveText("It works; something needs attention");
  await page.keyboard.press("Escape");
  const card = page.getByRole("article", { name, exact: true });
  await expect(card.getByText(/^Uses protocol v1: /)).toBeVisible();
  await call(page, "endpoints/remove", { id });
});

test("an endpoint that is starting is waited for on request, and then checked to its first picture", async ({
  studio: { page },
}) => {
  const edge = routerEdge();
  await using standIn = await openStandIn(edge.answer);
  const id = await addUntested(page, { name: "Night shift", url: standIn.url });
  const dialog = await openDoctor(page, "Night shift");
  await expect(dialog.getByRole("status")).toHaveText("Night shift may still be starting");
  await dialog.getByText("Generate one picture, too").click();
  await dialog.getByRole("button", { name: "Wait for it to start" }).click();
  await expect(dialog.getByRole("status")).toHaveText("Waiting for it to start…");
  await expect(dialog.getByText(/Its router has no pod yet, \d+ s so far/)).toBeVisible();
  edge.load();
  await expect(dialog.getByText(/Its model is loading, \d+ s so far/)).toBeVisible();
  edge.start();
  await expect(dialog.getByText(/^3x2 in/)).toBeVisible();
  await expect(dialog.getByRole("status")).toHaveText("Nothing is wrong");
  await call(page, "endpoints/remove", { id });
});
