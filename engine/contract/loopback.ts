/**
 * Whether a host name or address is always this machine: a listener bound to it cannot be reached from elsewhere, and
 * what is sent to it crosses no network. Names below `.localhost` do not count, since not every resolver keeps them
 * local.
 */
export function isLoopback(host: string): boolean {
  return host === "localhost" || /^\[?::1\]?$/.test(host) || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * The complete address of one that was typed. Without a scheme it gets https, or http if it is this machine's, where
 * certificates are unusual; names below `.localhost` count here, since a token is not sent to them over http unasked.
 */
export function withScheme(address: string): string {
  const trimmed = address.trim();
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(trimmed)) return trimmed;
  const secure = `https://${trimmed}`;
  const host = URL.parse(secure)?.hostname ?? "";
  return isLoopback(host) || host.endsWith(".localhost") ? `http://${trimmed}` : secure;
}
