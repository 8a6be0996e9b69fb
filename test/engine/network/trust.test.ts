import { expect, onTestFinished, test, vi } from "vitest";
import { certificatesOf } from "../../../engine/endpoints/certificates.ts";
import { EndpointClient } from "../../../engine/endpoints/endpoint-client.ts";
import { checkCa, type Trust } from "../../../engine/network/trust.ts";
import { certificate } from "../../fakes/certificates.ts";
import { refusal } from "../../fakes/refusal.ts";
import { always, standInEndpoint } from "../../fakes/stand-in-endpoint.ts";

const day = (offset: number): Date => new Date(Date.now() + offset * 86_400_000);

const authority = await certificate({ name: "an authority", hosts: [], isAuthority: true });
const PAIRS = {
  own: await certificate({ name: "itself" }),
  signed: await certificate({ name: "a service", by: authority }),
  expired: await certificate({ from: day(-9), until: day(-1) }),
  early: await certificate({ from: day(1), until: day(9) }),
  other: await certificate({ hosts: ["somewhere.example"] }),
};

async function ask(pair: keyof typeof PAIRS, trust: Partial<Trust>) {
  const endpoint = await standInEndpoint(always(200, "{}"), PAIRS[pair]);
  const connection = { origin: endpoint.url, token: "canary-token", headers: [] };
  const client = new EndpointClient({
    ...connection,
    ca: null,
    isInsecure: false,
    isTokenOverHttp: false,
    isDirect: false,
    ...trust,
  });
  onTestFinished(() => client.close());
  const reply = await client.ask({ path: "/v2", timeoutMs: 5000 }).catch((error: unknown) => error);
  return { endpoint, reply, certificate: client.certificate };
}

test.each<[keyof typeof PAIRS, Partial<Trust>, string]>([
  ["own", {}, "it is self-signed"],
  ["signed", {}, "it is signed by a CA that this computer does not trust"],
  ["own", { ca: authority.cert }, "it is self-signed"],
  ["expired", { ca: PAIRS.expired.cert }, "it has expired"],
  ["early", { ca: PAIRS.early.cert }, "it is not valid yet"],
  ["other", { ca: PAIRS.other.cert }, "it is for another host"],
])(
  "a certificate (%s, trusting %j) is refused, and nothing is sent",
  async (pair, trust, reason) => {
    const { endpoint, reply } = await ask(pair, trust);
    const host = `127.0.0.1:${endpoint.port}`;
    expect(reply).toEqual(refusal("ENDPOINT_CERTIFICATE", { host, reason }));
    expect(String(reply)).toContain("trust it for this endpoint");
    expect(endpoint.seen).toEqual([]);
  },
);

test.each<[keyof typeof PAIRS, Partial<Trust>]>([
  ["own", { ca: PAIRS.own.cert }],
  ["signed", { ca: authority.cert }],
  // Its authority is not available: only the certificate itself was compared and trusted.
  ["signed", { ca: PAIRS.signed.cert }],
  ["signed", { ca: `${PAIRS.own.cert}${authority.cert}` }],
  ["expired", { isInsecure: true }],
  ["other", { isInsecure: true }],
])("a certificate (%s) that the user trusts for this endpoint is accepted", async (pair, trust) => {
  const { endpoint, reply, certificate } = await ask(pair, trust);
  expect(reply).toMatchObject({ status: 200 });
  expect(endpoint.seen.length).toBe(1);
  expect(certificate?.toString()).toBe(PAIRS[pair].cert);
});

test("what one endpoint trusts no other does, and no environment variable changes that", async () => {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  onTestFinished(() => void vi.unstubAllEnvs());
  expect((await ask("own", { ca: PAIRS.own.cert })).reply).toMatchObject({ status: 200 });
  expect((await ask("own", {})).reply).toEqual(refusal("ENDPOINT_CERTIFICATE"));
});

test("TLS without a counterpart, and the reverse, are distinguished from certificates", async () => {
  const plain = await standInEndpoint(always(200, "{}"));
  const tls = await standInEndpoint(always(200, "{}"), PAIRS.own);
  const trust = {
    ca: null,
    isInsecure: true,
    isTokenOverHttp: true,
    isDirect: false,
    token: undefined,
    headers: [],
  };
  for (const origin of [`https://127.0.0.1:${plain.port}`, `http://127.0.0.1:${tls.port}`]) {
    const client = new EndpointClient({ ...trust, origin });
    const error: unknown = await client
      .ask({ path: "/v2", timeoutMs: 5000 })
      .catch((thrown: unknown) => thrown);
    client.close();
    expect(error).toEqual(refusal("ENDPOINT_UNREACHABLE"));
  }
});

test("a host's certificates can be inspected without trusting or sending anything", async () => {
  const endpoint = await standInEndpoint(always(200, "{}"), {
    ...PAIRS.signed,
    cert: `${PAIRS.signed.cert}\n${authority.cert}`,
  });
  const shown = await certificatesOf(`${endpoint.url}/v2/models/sd/infer`);
  expect(shown.map(({ subject, issuer, pem }) => ({ subject, issuer, pem }))).toEqual([
    {
      subject: "a service",
      issuer: "an authority",
      pem: PAIRS.signed.cert,
    },
    {
      subject: "an authority",
      issuer: "an authority",
      pem: authority.cert,
    },
  ]);
  expect(shown[0]?.fingerprint).toMatch(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  expect(endpoint.seen).toEqual([]);
  await vi.waitFor(() => expect(endpoint.sockets.size).toBe(0), 20_000);
});

test.each([
  ["http://127.0.0.1:1", "REQUEST_INVALID"],
  ["https://127.0.0.1:9", "ENDPOINT_UNREACHABLE"],
  ["https://u:p@127.0.0.1", "REQUEST_INVALID"],
] as const)("%s has none: %s", async (url, code) => {
  await expect(certificatesOf(url)).rejects.toEqual(refusal(code));
});

test("one that never completes a handshake is given up", async () => {
  const silent = await standInEndpoint(() => {});
  const looking = certificatesOf(`https://127.0.0.1:${silent.port}`, { patienceMs: 100 });
  await expect(looking).rejects.toEqual(refusal("ENDPOINT_UNREACHABLE"));
});

test("only the certificates in a chosen file are kept", () => {
  const { cert, key } = PAIRS.own;
  expect(checkCa(`note\n${key}\n${cert}`)).toBe(`${cert.trim()}\n`);
  expect([checkCa(null), checkCa(" \n")]).toEqual([null, null]);
  expect(() => checkCa(key)).toThrow("none is in it");
  expect(() => checkCa("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")).toThrow(
    "it is damaged",
  );
});
