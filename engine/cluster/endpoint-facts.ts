import { StudioError } from "../contract/errors.ts";
import { ANNOTATIONS } from "../deploy/annotations.ts";
import { pathOf } from "../deploy/applied-objects.ts";
import { fieldOf, textAt } from "../deploy/waiting/observed.ts";
import type { ClusterClient } from "./cluster-client.ts";
import { itemsOf, type Json } from "./reply-body.ts";

/** What is needed to request pictures from a deployment. */
export interface EndpointFacts {
  readonly url: string;
  /** Secret. */
  readonly token: string | undefined;
  /** PEM of the cluster's own authorities, which on OpenShift include the router's. */
  readonly ca: string | null;
}

/** The endpoint of a deployment. Refuses as DEPLOYMENT_NOT_EXPOSED if it cannot be reached from here. */
export async function endpointFacts(
  client: ClusterClient,
  service: Json,
  signal?: AbortSignal,
): Promise<EndpointFacts> {
  const name = textAt(service, "metadata", "name");
  const namespace = textAt(service, "metadata", "namespace");
  const url = URL.parse(textAt(service, "status", "url"));
  if (url === null) throw notExposed(name, "the cluster has not reported its address yet");
  if (/\.(svc|local)$/.test(url.hostname)) {
    throw notExposed(name, `its address ${url.host} is one inside the cluster`);
  }
  const needsToken = textAt(service, "metadata", "annotations", ANNOTATIONS.auth) === "true";
  const token = needsToken ? await tokenOf(client, { name, namespace }, signal) : undefined;
  if (needsToken && token === undefined) throw notExposed(name, "its token is not there yet");
  const ca = url.protocol === "https:" ? await authoritiesOf(client, namespace, signal) : null;
  return { url: url.href.replace(/\/$/, ""), token, ca };
}

/** The token of the service account that may use this service, from its Secret. */
async function tokenOf(
  client: ClusterClient,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const kind = "Secret";
  const query = { fieldSelector: "type=kubernetes.io/service-account-token", limit: "200" };
  const path = pathOf(kind, namespace);
  const list = await client.get({ path, query, signal }, { kind, namespace });
  const account = `${name}-sa`;
  const token = itemsOf(list)
    .filter((secret) => textAt(secret, "metadata", "annotations", OF_ACCOUNT) === account)
    .map((secret) => fieldOf(secret, "data", "token"))
    .find((value) => typeof value === "string" && value !== "");
  return typeof token === "string" ? Buffer.from(token, "base64").toString("utf8") : undefined;
}

const OF_ACCOUNT = "kubernetes.io/service-account.name";

/** The authorities that a cluster gives every project; null if they may not be read. */
async function authoritiesOf(
  client: ClusterClient,
  namespace: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/kube-root-ca.crt`;
  const { status, body } = await client.ask({ path, signal });
  const ca = fieldOf(body, "data", "ca.crt");
  return status === 200 && typeof ca === "string" && ca.length <= MAX_CA_LETTERS ? ca : null;
}

/** Maximum length that an endpoint stores. */
const MAX_CA_LETTERS = 200_000;

function notExposed(name: string, reason: string): StudioError {
  return new StudioError("DEPLOYMENT_NOT_EXPOSED", { name, reason });
}
