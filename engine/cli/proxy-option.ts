import { Option } from "commander";

const PROXY_USES = ["system", "direct"] as const;
export type ProxyUse = (typeof PROXY_USES)[number];

/** How an endpoint is reached. */
export function proxyOption(): Option {
  return new Option("--proxy <way>", "the proxy that HTTPS_PROXY names, or none: `direct`").choices(
    PROXY_USES,
  );
}

/** Absent if the flag was not given. */
export function isWithoutProxy(use: ProxyUse | undefined): boolean | undefined {
  return use === undefined ? undefined : use === "direct";
}
