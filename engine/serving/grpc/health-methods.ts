import { setTimeout as delay } from "node:timers/promises";
import { StudioError } from "../../contract/errors.ts";
import { shown } from "../routes/served-model.ts";
import { type Message, type Methods, textIn } from "./grpc-method.ts";

type Serving = "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";

/** Minimum time between two messages to a watching client. */
const WATCH_MS = 1000;

/** The standard health service: a service is SERVING while the next request would succeed. */
export function healthMethods(
  services: readonly string[],
  isReady: () => Promise<boolean>,
): Methods {
  const stateOf = async (request: Message): Promise<Serving> => {
    const service = textIn(request, "service");
    const isKnown = service === "" || services.some((name) => name === service);
    if (!isKnown) return "SERVICE_UNKNOWN";
    return (await isReady()) ? "SERVING" : "NOT_SERVING";
  };
  return {
    Check: {
      scope: "open",
      unary: async (request) => {
        const status = await stateOf(request);
        if (status !== "SERVICE_UNKNOWN") return { status };
        const id = shown(textIn(request, "service"));
        throw new StudioError("NOT_FOUND", { what: "service", id });
      },
    },
    Watch: {
      scope: "open",
      async *stream(requests, { signal }) {
        let told: Serving | undefined;
        for await (const request of requests) {
          while (!signal.aborted) {
            const status = await stateOf(request);
            if (status !== told) yield { status };
            told = status;
            await delay(WATCH_MS, undefined, { signal, ref: false }).catch(() => undefined);
          }
        }
      },
    },
  };
}
