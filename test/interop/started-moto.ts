import { startService, type StartedService } from "./s3-service.ts";
import { pythonOf } from "./virtual-environment.ts";

const main = "from moto.server import main; main()";

/** A real, empty S3 service. */
export function startMoto(): Promise<StartedService> {
  return startService({
    program: pythonOf("moto"),
    args: (port) => ["-c", main, "-H", "127.0.0.1", "-p", String(port)],
  });
}
