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
