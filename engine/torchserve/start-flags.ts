/** What `torchserve` is started with, as TorchServe's own command has it. */
export interface StartFlags {
  readonly modelStore?: string;
  readonly tsConfig?: string;
  /** `all`, `none`, or archives, each `FILE` or `NAME=FILE`. */
  readonly models?: readonly string[];
  readonly disableTokenAuth?: boolean;
  readonly enableModelApi?: boolean;
  /** Ports beside the configured ones, on which KServe's wrapper listens; 0 takes any. */
  readonly kservePort?: number;
  readonly kserveGrpcPort?: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where KServe puts the files of a bucket path. */
export const MOUNT = "/mnt/models";

/** Whether a start uses the files that KServe mounts into a pod. */
export function isMounted({ modelStore, tsConfig }: StartFlags, environment: Environment): boolean {
  const places = [modelStore, tsConfig ?? configIn(environment)];
  return places.some((place) => place !== undefined && isInMount(place));
}

/** The configuration that KServe's or TorchServe's environment names. */
export function configIn(environment: Environment): string | undefined {
  return environment["CONFIG_PATH"] ?? environment["TS_CONFIG_FILE"];
}

export function isInMount(place: string): boolean {
  return place === MOUNT || place.startsWith(`${MOUNT}/`);
}
