import { expect, test } from "vitest";
import { S3Server, startFakeService } from "../../fakes/s3/s3-server.ts";
import { s3Operations } from "../../interop/s3-operations.ts";

s3Operations("the fake", startFakeService);

test("the fake S3 service answers only signed requests", async () => {
  await using s3 = await S3Server.start();
  s3.bucket("models").put("secret.txt", { bytes: Buffer.from("secret") });
  const anonymous = await fetch(`${s3.origin}/models/secret.txt`);
  expect(anonymous.status).toBe(403);
  expect(await anonymous.text()).toContain("<Code>AccessDenied</Code>");
  const authorization = `AWS4-HMAC-SHA256 Credential=darkroom/20261129/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const forged = await fetch(`${s3.origin}/models/secret.txt`, {
    headers: { authorization, "x-amz-date": date, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
  });
  expect(await forged.text()).toContain("<Code>SignatureDoesNotMatch</Code>");
  expect(s3.requests.map(({ bucket, key }) => [bucket, key])).toEqual([
    ["models", "secret.txt"],
    ["models", "secret.txt"],
  ]);
});
