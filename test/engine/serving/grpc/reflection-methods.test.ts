import type { ClientDuplexStream } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { grpcClient, openGrpcServer } from "../../../fakes/open-grpc-server.ts";

type Asked = (request: object) => Promise<Record<string, unknown>>;

/** Sends several requests on one stream, one after another. */
async function reflection(target: string, version: string): Promise<Asked> {
  const files = [`reflection-${version}.proto`];
  const service = `grpc.reflection.${version}.ServerReflection`;
  const client = await grpcClient(target, service, { files });
  const open = Reflect.get(client, "ServerReflectionInfo") as () => unknown;
  const stream = open.call(client) as ClientDuplexStream<object, Record<string, unknown>>;
  const replies = stream[Symbol.asyncIterator]();
  return async (request) => {
    stream.write(request);
    return (await replies.next()).value as Record<string, unknown>;
  };
}

test.each(["v1", "v1alpha"])("tools learn by %s what is offered", async (version) => {
  const { target } = await openGrpcServer();
  const ask = await reflection(target, version);
  expect(await ask({ list_services: "*" })).toMatchObject({
    list_services_response: {
      service: [
        { name: "grpc.health.v1.Health" },
        { name: "grpc.reflection.v1.ServerReflection" },
        { name: "grpc.reflection.v1alpha.ServerReflection" },
        { name: "inference.GRPCInferenceService" },
      ],
    },
  });
  const symbols = [
    "inference.GRPCInferenceService",
    "inference.GRPCInferenceService.ModelInfer",
    "inference.ModelInferRequest.InferInputTensor",
  ];
  for (const file_containing_symbol of symbols) {
    const reply = await ask({ file_containing_symbol });
    const { file_descriptor_proto: files } = reply["file_descriptor_response"] as {
      file_descriptor_proto: Buffer[];
    };
    expect(files.map((file) => file.toString("latin1"))).toEqual([
      expect.stringContaining("GRPCInferenceService"),
    ]);
  }
  for (const request of [
    { file_containing_symbol: "nobody.Knows" },
    { file_by_filename: "nobody.proto" },
    { all_extension_numbers_of_type: "inference.ModelInferRequest" },
    {},
  ]) {
    expect(await ask(request)).toMatchObject({ error_response: { error_code: 5 } });
  }
  expect(await ask({ file_by_filename: "inference.proto" })).toHaveProperty(
    "file_descriptor_response",
  );
});
