import { readFileSync } from "node:fs";

/** A row of the table of clients in engine/PROTOCOLS.md. */
interface TriedClient {
  readonly version: string;
  /** As the interop run reports it, such as `5 passed`. */
  readonly outcome: string;
}

const ROW = /^\| ([\w-]+) \| (v?\d[\d.]*) \| (\d+ passed) \| [^|]+ \|$/gm;

/** The real clients in engine/PROTOCOLS.md by name; imitated ones have no version. */
export function triedClients(): ReadonlyMap<string, TriedClient> {
  const text = readFileSync("engine/PROTOCOLS.md", "utf8");
  const rows = [...text.matchAll(ROW)];
  return new Map(
    rows.map(([, name = "", version = "", outcome = ""]) => [name, { version, outcome }]),
  );
}
