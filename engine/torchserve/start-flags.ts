/** The flags of `torchserve`: those of TorchServe's own command, and two ports for KServe. */
export interface StartFlags {
  readonly modelStore?: string;
  readonly tsConfig?: string;
  /** `all`, `none`, or archives, each `FILE` or `NAME=FILE`. */
  readonly models?: readonly string[];
  readonly disableTokenAuth?: boolean;
  readonly enableModelApi?: boolean;
  /** Ports at which KServe's wrapper would listen, in addition to the configured ones; 0 means any free port. */
  readonly kservePort?: number;
  readonly kserveGrpcPort?: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where KServe mounts the files from a path in a bucket. */
export const MOUNT = "/mnt/models";

/** Whether a start uses the files that KServe mounts into a pod. */
export function isMounted({ modelStore, tsConfig }: StartFlags, environment: Environment): boolean {
  const places = [modelStore, tsConfig ?? configIn(environment)];
  return places.some((place) => place !== undefined && isInMount(place));
}

/** The configuration's path from the environment: KServe's variable, otherwise TorchServe's. */
export function configIn(environment: Environment): string | undefined {
  return environment["CONFIG_PATH"] ?? environment["TS_CONFIG_FILE"];
}

export function isInMount(place: string): boolean {
  return place === MOUNT || place.startsWith(`${MOUNT}/`);
}
