import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type ChannelCredentials, type ChannelOptions, Client, credentials } from "@grpc/grpc-js";
import { StudioError } from "../../contract/errors.ts";
import { MAX_REPLY_BYTES } from "../../kserve/client/endpoint-reply.ts";
import { secureContext } from "../../network/trust.ts";
import { proxySignIn } from "../../network/tunnel.ts";
import { connectionRefusal, unreachable } from "../connection-refusal.ts";
import type { Connection } from "../endpoint-client.ts";
import { proxyOf, tunnelTo } from "../way.ts";

/** A channel to one endpoint, which connects on first use. Refuses as PROXY_INVALID. */
export function openChannel(connection: Connection): Client {
  const { protocol, host, hostname, port } = new URL(connection.origin);
  const isTls = protocol === "https:";
  const target = `${hostname}:${port === "" ? (isTls ? 443 : 80) : port}`;
  const by = throughProxy(connection, target);
  const trust = isTls ? tlsOf(connection) : credentials.createInsecure();
  return new Client(by?.at ?? target, trust, {
    "grpc.max_receive_message_length": MAX_REPLY_BYTES,
    "grpc.max_send_message_length": MAX_REPLY_BYTES,
    // Retries and proxies are handled by our own code.
    "grpc.enable_retries": 0,
    "grpc.enable_http_proxy": 0,
    "grpc.use_local_subchannel_pool": 1,
    // As over REST, without a standard port: servers that check their host name expect that.
    "grpc.default_authority": host,
    ...by?.options,
  });
}

/** The address and options of a channel through a proxy, if there is one. Refuses as PROXY_INVALID. */
function throughProxy(
  connection: Connection,
  target: string,
): { readonly at: string; readonly options: ChannelOptions } | undefined {
  const proxy = proxyOf(connection);
  if (proxy === undefined) return undefined;
  const { protocol, hostname, port, host } = proxy.url;
  if (protocol !== "http:") {
    const reason = "gRPC goes through http:// proxies only";
    const address = `${protocol}//${host}`;
    throw new StudioError("PROXY_INVALID", { variable: proxy.variable, address, reason });
  }
  const signIn = proxySignIn(proxy.url);
  return {
    at: `${hostname}:${port === "" ? 80 : port}`,
    // Options that the library sets when it reads the environment, which it does differently.
    options: {
      "grpc.http_connect_target": `dns:${target}`,
      ...(signIn !== undefined && { "grpc.http_connect_creds": signIn }),
    },
  };
}

/** Why no channel could be opened: grpc-js does not say, so a socket is opened without sending anything. */
export async function whyNot(connection: Connection, connectMs: number): Promise<unknown> {
  const { protocol, hostname, host, port } = new URL(connection.origin);
  const isTls = protocol === "https:";
  const name = hostname.replace(/^\[|\]$/g, "");
  const at = { host: name, port: Number(port) || (isTls ? 443 : 80) };
  const secure = {
    secureContext: secureContext(connection),
    rejectUnauthorized: !connection.isInsecure,
    ALPNProtocols: ["h2"],
    ...(isIP(name) === 0 && { servername: name }),
  };
  const proxy = proxyOf(connection);
  let tunnel: Socket | undefined;
  try {
    tunnel = proxy && (await tunnelTo(connection.origin, proxy, { timeoutMs: connectMs }));
  } catch (error) {
    return error;
  }
  const way = tunnel === undefined ? at : { ...at, socket: tunnel };
  const socket = isTls ? connectTls({ ...way, ...secure }) : connectPlain(at);
  const { promise, resolve } = Promise.withResolvers<StudioError>();
  socket.setTimeout(connectMs, () => {
    resolve(unreachable(host, "the connection was not made in time", "nothing"));
  });
  socket.once(isTls ? "secureConnect" : "connect", () => {
    resolve(unreachable(host, "what listens there does not speak gRPC", "nothing"));
  });
  socket.on("error", (error) => {
    resolve(connectionRefusal(error, host) ?? unreachable(host, "the connection broke", "nothing"));
  });
  return promise.finally(() => socket.destroy());
}

function tlsOf(connection: Connection): ChannelCredentials {
  const context = secureContext(connection);
  return credentials.createFromSecureContext(context, {
    rejectUnauthorized: !connection.isInsecure,
  });
}
