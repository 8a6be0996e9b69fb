import { s3Operations } from "./s3-operations.ts";
import { startMoto } from "./started-moto.ts";

s3Operations("moto", startMoto, {
  takesAnyKeys: true,
  createsTwice: true,
  refusedKeys: ["control"],
});
