import { status } from "@grpc/grpc-js";
import type { GrpcDefinition } from "./grpc-definition.ts";
import type { Message, Methods, Reply } from "./grpc-method.ts";

/**
 * The standard reflection service in both versions. @grpc/reflection is not used: it replies without waiting for the
 * client to read, so that a client that never reads fills the memory.
 */
export function reflectionMethods(definition: GrpcDefinition): Methods {
  return {
    ServerReflectionInfo: {
      scope: "inference",
      async *stream(requests) {
        for await (const request of requests) {
          yield {
            valid_host: request["host"],
            original_request: request,
            ...answerTo(request, definition),
          };
        }
      },
    },
  };
}

function answerTo(request: Message, definition: GrpcDefinition): Reply {
  const { message_request: asked } = request;
  const name = typeof asked === "string" ? request[asked] : undefined;
  if (asked === "list_services") {
    return { list_services_response: { service: definition.services.map((name) => ({ name })) } };
  }
  if (asked === "file_by_filename" || asked === "file_containing_symbol") {
    const file =
      asked === "file_by_filename"
        ? definition.fileNamed(String(name))
        : definition.fileOf(String(name));
    if (file !== undefined) return { file_descriptor_response: { file_descriptor_proto: [file] } };
  }
  // No message here has extensions.
  return {
    error_response: {
      error_code: status.NOT_FOUND,
      error_message: "There is nothing of that name.",
    },
  };
}
