import type { Preset } from "../contract/presets.ts";
import type { ServerChange, ServerSettings, TlsFiles } from "../contract/server.ts";

/** What holds for one run, whatever the settings say. */
export interface ServingOptions {
  /** Whether it does not listen until somebody starts it. */
  readonly isOff?: boolean | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** Where it answers gRPC as well; 0 takes any. */
  readonly grpcPort?: number | undefined;
  /** With which it encrypts. */
  readonly tls?: TlsFiles | undefined;
  /** How many ports from the wanted one on may be tried; 1 where it has to be that one. */
  readonly tries?: number | undefined;
  /** Whether the studio does not open where its server cannot listen. */
  readonly isRequired?: boolean | undefined;
  /** By which a request is drawn that names none. */
  readonly preset?: Preset | undefined;
  /** Whether it answers OpenAI's images API as well. */
  readonly isOpenaiOn?: boolean | undefined;
  /** Whether it answers the API of A1111's web UI as well. */
  readonly isA1111On?: boolean | undefined;
}

/** Settings as they are in a run. */
export function settingsIn(
  { preset, isOpenaiOn, isA1111On }: ServingOptions,
  settings: ServerSettings,
): ServerSettings {
  return {
    ...settings,
    ...(preset !== undefined && { preset }),
    ...(isOpenaiOn !== undefined && { isOpenaiOn }),
    ...(isA1111On !== undefined && { isA1111On }),
  };
}

/** What is left of a run's own choices once a person has chosen otherwise. */
export function withoutChanged(run: ServingOptions, change: ServerChange): ServingOptions {
  const { host, port, grpcPort, tls, preset, isOpenaiOn, isA1111On } = change;
  const isNamed = host !== undefined || port !== undefined;
  return {
    tries: isNamed ? 1 : run.tries,
    host: host === undefined ? run.host : undefined,
    port: port === undefined ? run.port : undefined,
    grpcPort: grpcPort === undefined ? run.grpcPort : undefined,
    tls: tls === undefined ? run.tls : undefined,
    preset: preset === undefined ? run.preset : undefined,
    isOpenaiOn: isOpenaiOn === undefined ? run.isOpenaiOn : undefined,
    isA1111On: isA1111On === undefined ? run.isA1111On : undefined,
  };
}
