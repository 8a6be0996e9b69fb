import type { Preset } from "../contract/presets.ts";
import type { ServerChange, ServerSettings, TlsFiles } from "../contract/server.ts";

/** Options for a single run, which take precedence over the settings. */
export interface ServingOptions {
  /** Whether it does not listen until someone starts it. */
  readonly isOff?: boolean | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** The port for gRPC; 0 for any free port. */
  readonly grpcPort?: number | undefined;
  /** The certificate for TLS. */
  readonly tls?: TlsFiles | undefined;
  /** Number of ports to try, starting at the wanted one; 1 if it must be that one. */
  readonly tries?: number | undefined;
  /** Whether the studio fails to open if its server cannot listen. */
  readonly isRequired?: boolean | undefined;
  /** The preset of requests that name none. */
  readonly preset?: Preset | undefined;
  /** Whether it also answers OpenAI's images API. */
  readonly isOpenaiOn?: boolean | undefined;
  /** Whether it also answers the API of A1111's web UI. */
  readonly isA1111On?: boolean | undefined;
  /** Whether its metrics can be read without a key. */
  readonly isMetricsOpen?: boolean | undefined;
}

/** The settings in effect in a run. */
export function settingsIn(
  { preset, isOpenaiOn, isA1111On, isMetricsOpen }: ServingOptions,
  settings: ServerSettings,
): ServerSettings {
  return {
    ...settings,
    ...(preset !== undefined && { preset }),
    ...(isOpenaiOn !== undefined && { isOpenaiOn }),
    ...(isA1111On !== undefined && { isA1111On }),
    ...(isMetricsOpen !== undefined && { isMetricsOpen }),
  };
}

/** The run's options that remain after a person has changed settings. */
export function withoutChanged(run: ServingOptions, change: ServerChange): ServingOptions {
  const { host, port, grpcPort, tls, preset, isOpenaiOn, isA1111On, isMetricsOpen } = change;
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
    isMetricsOpen: isMetricsOpen === undefined ? run.isMetricsOpen : undefined,
  };
}
