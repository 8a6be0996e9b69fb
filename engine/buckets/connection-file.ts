import { join } from "node:path";
import type { z } from "zod";
import { connectionSchema } from "../contract/buckets.ts";
import { StudioError } from "../contract/errors.ts";
import { RowFile } from "../files/row-file.ts";

const { shape } = connectionSchema;

/** A connection as stored: without its keys. */
const keptSchema = connectionSchema.omit({ origin: true }).extend({
  // Learned from the service, and can be learned again: an invalid value must not lose the connection.
  found: shape.found.catch({}),
  check: shape.check.catch(undefined),
});
export type KeptConnection = z.output<typeof keptSchema>;

const MAX_CONNECTIONS = 1000;

const READING = {
  list: "connections",
  maxBytes: 64 << 20,
  parse: (row: unknown): KeptConnection => keptSchema.parse(row),
};

/** A person's connections, in `connections.json` of the data folder. */
export class ConnectionFile {
  readonly #file: RowFile<KeptConnection>;
  #connections: readonly KeptConnection[];

  private constructor(file: RowFile<KeptConnection>) {
    this.#file = file;
    this.#connections = file.rows;
  }

  static async open(dataFolder: string): Promise<ConnectionFile> {
    return new ConnectionFile(await RowFile.open(join(dataFolder, "connections.json"), READING));
  }

  /** Notices about what was wrong with the file at start. */
  get notices(): readonly string[] {
    return this.#file.notices;
  }

  /** In the order in which they were made. */
  list(): readonly KeptConnection[] {
    return this.#connections;
  }

  find(id: string): KeptConnection | undefined {
    return this.#connections.find((connection) => connection.id === id);
  }

  /** Refuses as REQUEST_INVALID a connection that could not be read back. */
  add(connection: KeptConnection): Promise<void> {
    return this.#write((connections) => [...connections, connection]);
  }

  /** Changes a connection when its turn comes; does nothing if it no longer exists. Refuses as `add` does. */
  change(id: string, change: (connection: KeptConnection) => KeptConnection): Promise<void> {
    return this.#write((connections) =>
      connections.map((connection) => (connection.id === id ? change(connection) : connection)),
    );
  }

  remove(id: string): Promise<void> {
    return this.#write((connections) => connections.filter((connection) => connection.id !== id));
  }

  #write(change: (now: readonly KeptConnection[]) => readonly KeptConnection[]): Promise<void> {
    return this.#file.turn(async () => {
      const connections = change(this.#connections);
      if (connections.length > MAX_CONNECTIONS) throw refused(`the limit is ${MAX_CONNECTIONS}`);
      connections.forEach(checkKept);
      await this.#file.write(connections);
      this.#connections = connections;
    });
  }
}

function checkKept(kept: KeptConnection): void {
  const issue = keptSchema.safeParse(kept).error?.issues[0];
  if (issue !== undefined) throw refused(`its ${String(issue.path[0])} is empty or too long`);
}

function refused(reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The connection", value: "kept", reason });
}
