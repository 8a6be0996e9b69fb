import { s3Operations } from "./s3-operations.ts";
import { startService } from "./s3-service.ts";
import { pythonOf } from "./virtual-environment.ts";

const main = "from moto.server import main; main()";

s3Operations(
  "moto",
  () =>
    startService({
      program: pythonOf("moto"),
      args: (port) => ["-c", main, "-H", "127.0.0.1", "-p", String(port)],
    }),
  { takesAnyKeys: true, createsTwice: true, refusedKeys: ["control"] },
);
