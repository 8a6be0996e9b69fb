import { StudioError } from "../../contract/errors.ts";
import { SOFTWARE } from "../../contract/software.ts";
import { refuseOverrides } from "../../kserve/server/repository.ts";
import { LIVE, serverMetadata, serverReady } from "../../kserve/server/server-messages.ts";
import { asRequest } from "../../kserve/wire/message-fault.ts";
import type { PictureEngine } from "../picture-engine.ts";
import { describeModel, modelStatistics } from "../routes/model-routes.ts";
import { changeServed, indexOf } from "../routes/repository-routes.ts";
import { type ModelAddress, readyModel, whyNotReady } from "../routes/served-model.ts";
import { type Message, type Method, type Methods, textIn } from "./grpc-method.ts";

/** Questions about the server and its models, and loading and unloading. */
export function modelMethods(engine: PictureEngine): Methods {
  const { software, version } = SOFTWARE;
  return {
    ServerLive: { scope: "open", unary: () => LIVE },
    ServerReady: {
      scope: "open",
      unary: async () => serverReady(await isReady(engine)),
    },
    ModelReady: {
      scope: "inference",
      unary: async (request) => ({ ready: await isServed(engine, request) }),
    },
    ServerMetadata: {
      scope: "inference",
      unary: () => serverMetadata(software.toLowerCase(), version),
    },
    ModelMetadata: {
      scope: "inference",
      unary: (request) => describeModel(engine, addressIn(request, "name", "version")),
    },
    ModelStatistics: {
      scope: "inference",
      unary: (request) => {
        const address = addressIn(request, "name", "version");
        return modelStatistics(engine, address.name === "" ? undefined : address);
      },
    },
    RepositoryIndex: {
      scope: "inference",
      unary: async ({ ready }) => ({
        models: await indexOf(engine, { isReadyOnly: ready === true }),
      }),
    },
    RepositoryModelLoad: changing(engine, "load"),
    RepositoryModelUnload: changing(engine, "unload"),
  };
}

/** Whether the next request would succeed. */
export async function isReady(engine: PictureEngine): Promise<boolean> {
  return whyNotReady(await engine.models()) === undefined;
}

/** The model in a message's members for name and (optional) version. */
export function addressIn(
  message: Message,
  nameMember: string,
  versionMember: string,
): ModelAddress {
  const name = textIn(message, nameMember);
  const version = textIn(message, versionMember);
  return version === "" ? { name } : { name, version };
}

/** As in Triton: a model that exists but is not served is false, an unknown model is an error. */
async function isServed(engine: PictureEngine, request: Message): Promise<boolean> {
  try {
    await readyModel(engine, addressIn(request, "name", "version"));
    return true;
  } catch (error) {
    if (error instanceof StudioError && error.code === "MODEL_NOT_SERVED") return false;
    throw error;
  }
}

function changing(engine: PictureEngine, verb: "load" | "unload"): Method {
  return {
    scope: "management",
    unary: async (request) => {
      asRequest(() => refuseOverrides(Object.keys(request["parameters"] ?? {})));
      await changeServed(engine, verb, textIn(request, "model_name"));
      return {};
    },
  };
}
