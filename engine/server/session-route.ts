import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { StudioError } from "../contract/errors.ts";
import { SESSION_PATH } from "./gate.ts";
import type { OneTimeCodes } from "./one-time-codes.ts";
import type { Tokens } from "./tokens.ts";

const bodySchema = z.object({ code: z.string().max(200) });

/** `POST /session`: a one-time code for a token. */
export function sessionRoute(app: FastifyInstance, codes: OneTimeCodes, tokens: Tokens): void {
  app.post(SESSION_PATH, { bodyLimit: 4096 }, async ({ body }, reply) => {
    const { data } = bodySchema.safeParse(body);
    if (data === undefined || !codes.redeem(data.code)) {
      const reason = "its code is wrong, was used already, or is older than ten minutes";
      throw new StudioError("TOKEN_REFUSED", { reason });
    }
    return reply.header("cache-control", "no-store").send({ token: await tokens.issue() });
  });
}
