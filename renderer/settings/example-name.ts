const EXAMPLE = {
  prompt: "two-purple-fish-under-water",
  seed: "1207113004",
  model: "starter",
  width: "128",
  height: "128",
  id: "m3k2p9x0aq7c",
};

/** What a file would be called by a pattern, for a person to look at; the host has the last word. */
export function exampleName(pattern: string, now: Date): string {
  const iso = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
  const values: Readonly<Record<string, string>> = {
    ...EXAMPLE,
    date: iso.slice(0, 10),
    time: iso.slice(11, 19).replaceAll(":", "-"),
  };
  return `${pattern.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)}.png`;
}
