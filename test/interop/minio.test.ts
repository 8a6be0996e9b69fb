import { programOf } from "./go-program.ts";
import { s3Operations } from "./s3-operations.ts";
import { startService } from "./s3-service.ts";

s3Operations(
  "MinIO",
  () =>
    startService({
      program: programOf("minio"),
      args: (port, folder) => ["server", folder, "--quiet", "--address", `127.0.0.1:${port}`],
      env: { MINIO_ROOT_USER: "darkroom", MINIO_ROOT_PASSWORD: "darkroomsecret" },
    }),
  { refusedKeys: ["parent", "double", "absolute", "dots", "nul", "long"] },
);
