import { type Command, Option } from "commander";
import { KSERVE_VERSIONS, type KServeVersion } from "../contract/archives.ts";
import { StudioError } from "../contract/errors.ts";
import { placeIn } from "./bucket-place.ts";
import { followTransfer } from "./follow-transfer.ts";
import { printJson } from "./outcome.ts";
import { type ReachedStudio, withStudio } from "./reach-studio.ts";
import { hostOptions, openHost, untilStopped } from "./serve.ts";
import { port, studioCommand, type StudioFlags } from "./studio-command.ts";

interface ServeBucketFlags extends StudioFlags {
  readonly kserve: KServeVersion;
  readonly endpointHost?: string;
  readonly endpointPort?: number;
}

/**
 * `bucket serve`: serves a path as a cluster would. A running studio serves it from then on; without one, this command
 * is a studio until it is stopped.
 */
export function serveBucketCommand(signal: AbortSignal): Command {
  return studioCommand("serve", "Serves a path of a bucket as KServe and TorchServe would.")
    .argument("<place>", "CONNECTION/PREFIX, with the path as you would enter it in OpenShift AI")
    .addOption(
      new Option(
        "--kserve <version>",
        "behave like the storage initializer of 0.12 to 0.14, or of 0.15 and later",
      )
        .choices(KSERVE_VERSIONS)
        .default("0.12"),
    )
    .option("--endpoint-host <host>", "address of the inference server, if no studio is running")
    .option("--endpoint-port <port>", "of the inference server, if no studio is running", port)
    .action(async (wanted: string, flags: ServeBucketFlags) => {
      const host = await ownHost(flags);
      if (host === undefined) {
        return withStudio(flags.dataDir, (studio) => serve(studio, wanted, { flags, signal }));
      }
      try {
        await serve({ client: host.client, isRunning: false }, wanted, { flags, signal });
      } catch (error) {
        await host.close();
        throw error;
      }
      await untilStopped(host, signal);
    });
}

/** This command's own studio; undefined if one is running. */
async function ownHost(flags: ServeBucketFlags) {
  const pages = { host: "127.0.0.1", port: 0, allowHost: [], endpoint: true };
  const options = hostOptions({ ...flags, ...pages }, { takesOthers: false });
  return openHost(options).catch((error: unknown) => {
    if (error instanceof StudioError && error.code === "ALREADY_RUNNING") return undefined;
    throw error;
  });
}

async function serve(
  studio: Pick<ReachedStudio, "client" | "isRunning">,
  wanted: string,
  { flags, signal }: { readonly flags: ServeBucketFlags; readonly signal: AbortSignal },
): Promise<void> {
  const { client } = studio;
  const isJson = flags.json === true;
  const { key: path, ...place } = await placeIn(client, wanted);
  const { transferId } = await client.buckets.serve({ ...place, path, kserve: flags.kserve });
  const model = await followTransfer(studio, { transferId, signal, isJson });
  const { origin, modelNames } = await client.server.get();
  if (isJson) printJson({ type: "ready", model, endpoint: origin ?? null, modelNames });
  else process.stdout.write(`${origin ?? ""}\n`);
}
