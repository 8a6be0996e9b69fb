import { join } from "node:path";
import type { z } from "zod";
import { clusterSchema } from "../contract/clusters.ts";
import { StudioError } from "../contract/errors.ts";
import { RowFile } from "../files/row-file.ts";

/** A cluster as stored: without its token. */
const keptSchema = clusterSchema.extend({
  // It is checked again when needed: an invalid value must not lose the cluster.
  check: clusterSchema.shape.check.catch(undefined),
});
export type KeptCluster = z.output<typeof keptSchema>;

const MAX_CLUSTERS = 100;

const READING = {
  list: "clusters",
  maxBytes: 32 << 20,
  parse: (row: unknown): KeptCluster => keptSchema.parse(row),
};

/** A person's clusters, in `clusters.json` of the data folder. */
export class ClusterFile {
  readonly #file: RowFile<KeptCluster>;
  #clusters: readonly KeptCluster[];

  private constructor(file: RowFile<KeptCluster>) {
    this.#file = file;
    this.#clusters = file.rows;
  }

  static async open(dataFolder: string): Promise<ClusterFile> {
    return new ClusterFile(await RowFile.open(join(dataFolder, "clusters.json"), READING));
  }

  /** Notices about what was wrong with the file at start. */
  get notices(): readonly string[] {
    return this.#file.notices;
  }

  /** In the order in which they were added. */
  list(): readonly KeptCluster[] {
    return this.#clusters;
  }

  find(id: string): KeptCluster | undefined {
    return this.#clusters.find((cluster) => cluster.id === id);
  }

  /** Refuses as REQUEST_INVALID a cluster that could not be read back. */
  add(cluster: KeptCluster): Promise<void> {
    return this.#write((clusters) => [...clusters, cluster]);
  }

  /** Changes a cluster when its turn comes; does nothing if it no longer exists. */
  change(id: string, change: (cluster: KeptCluster) => KeptCluster): Promise<void> {
    return this.#write((clusters) =>
      clusters.map((cluster) => (cluster.id === id ? change(cluster) : cluster)),
    );
  }

  remove(id: string): Promise<void> {
    return this.#write((clusters) => clusters.filter((cluster) => cluster.id !== id));
  }

  #write(change: (now: readonly KeptCluster[]) => readonly KeptCluster[]): Promise<void> {
    return this.#file.turn(async () => {
      const clusters = change(this.#clusters);
      if (clusters.length > MAX_CLUSTERS) throw refused(`there can be ${MAX_CLUSTERS} at most`);
      for (const cluster of clusters) checkKept(cluster);
      await this.#file.write(clusters);
      this.#clusters = clusters;
    });
  }
}

function checkKept(kept: KeptCluster): void {
  const issue = keptSchema.safeParse(kept).error?.issues[0];
  if (issue !== undefined) throw refused(`its ${String(issue.path[0])} is empty or too long`);
}

function refused(reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The cluster", value: "kept", reason });
}
