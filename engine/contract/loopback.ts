/**
 * Whether a host, by its name or address, is this machine and never another: where a listener that is
 * bound to it is reached from nowhere else, and what is sent to it goes over no network. Names below
 * `.localhost` are not counted, since not every resolver keeps them here.
 */
export function isLoopback(host: string): boolean {
  return host === "localhost" || /^\[?::1\]?$/.test(host) || /^127(\.\d{1,3}){3}$/.test(host);
}
