import { encodePng } from "../../image/png/png.ts";
import { toBase64 } from "../../kserve/wire/base64.ts";
import { clientGone } from "../routes/client-gone.ts";
import { type Drawn, drawPictures } from "../routes/draw-pictures.ts";
import type { Handler, Route } from "../routes/route.ts";
import type { SharedParts } from "../routes/route-parts.ts";
import { sendMessage } from "../routes/send-message.ts";
import { ALIAS, nameOf, servedModel } from "../routes/served-model.ts";
import { a1111Lists } from "./a1111-lists.ts";
import { a1111Reply } from "./a1111-reply.ts";
import { readA1111Request } from "./a1111-request.ts";
import { A1111Runs, IDLE } from "./a1111-runs.ts";

/** The part of A1111's API that draws. */
export function a1111Routes(parts: SharedParts): readonly Route[] {
  const runs = new A1111Runs();
  const routes: readonly Route[] = [
    { path: "txt2img", POST: draw(parts, runs, "txt2img") },
    { path: "img2img", POST: draw(parts, runs, "img2img") },
    { path: "progress", GET: progress(parts, runs) },
    { path: "interrupt", POST: interrupt(parts, runs) },
    ...a1111Lists(parts),
  ];
  return routes.map((route) => ({
    scope: "inference",
    protocol: "a1111",
    ...route,
    path: `/sdapi/v1/${route.path}`,
  }));
}

/** An interrupted request returns the pictures drawn so far. */
function draw(parts: SharedParts, runs: A1111Runs, kind: "txt2img" | "img2img"): Handler {
  const { admission, bodies, callerOf, engine } = parts;
  return async (request, reply) => {
    const gone = clientGone(reply);
    const { bytes } = await bodies.read(request);
    const asked = readA1111Request(bytes, kind);
    const model = nameOf(await servedModel(engine, { name: asked.model ?? ALIAS }));
    bodies.hold(asked.startImage?.length ?? 0, reply);
    const caller = callerOf(request);
    using run = runs.open(caller.id, asked.requests[0]?.count ?? 1);
    const signal = AbortSignal.any([gone, run.signal]);
    const { requests, startImage, format } = asked;
    const work = {
      requests,
      startImage,
      model,
      format,
      caller,
      timeLimitSeconds: undefined,
      signal,
    };
    const pictures: Drawn[] = [];
    const onPicture = (picture: Drawn): void => void pictures.push(picture);
    try {
      for await (const event of drawPictures(admission, { ...work, onPicture })) {
        if (event.kind === "progress") run.note(event);
      }
    } catch (error) {
      if (!run.signal.aborted) throw error;
    }
    return sendMessage(request, reply, a1111Reply(asked, pictures));
  };
}

function progress({ callerOf }: SharedParts, runs: A1111Runs): Handler {
  return async (request) => {
    const run = runs.current(callerOf(request).id);
    const pixels = /[?&]skip_current_image=true(?:&|$)/i.test(request.url)
      ? undefined
      : await run?.preview();
    return {
      ...(run?.progress() ?? IDLE),
      current_image: pixels === undefined ? null : toBase64(encodePng(pixels)),
      textinfo: null,
    };
  };
}

function interrupt({ bodies, callerOf }: SharedParts, runs: A1111Runs): Handler {
  return async (request) => {
    await bodies.read(request);
    runs.current(callerOf(request).id)?.interrupt();
    return {};
  };
}
