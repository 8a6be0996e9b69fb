/**
 * Whether a host name or address is always this machine: a listener bound to it cannot be reached from elsewhere, and
 * what is sent to it crosses no network. Names below `.localhost` do not count, since not every resolver keeps them
 * local.
 */
export function isLoopback(host: string): boolean {
  return host === "localhost" || /^\[?::1\]?$/.test(host) || /^127(\.\d{1,3}){3}$/.test(host);
}
