import { ipcMain, type IpcMainInvokeEvent, type WebContents } from "electron";
import type { z } from "zod";
import { CALLS, channelOf, type Call, type Outcome } from "./channels.ts";

/** The only page that may make calls: our window's, at the studio's origin. */
export interface TrustedPage {
  readonly contents: () => WebContents | undefined;
  readonly origin: () => string | undefined;
}

/** An answer that validates its arguments; undefined if they are invalid. */
export type CheckedAnswer = (args: unknown) => Promise<{ readonly value: unknown } | undefined>;

/** The answer to each call. */
export type Answers = Readonly<Record<Call, CheckedAnswer>>;

/** Declares a call's arguments and its implementation. */
export function takes<A extends unknown[]>(
  schema: z.ZodType<A>,
  answer: (...args: A) => Promise<unknown>,
): CheckedAnswer {
  return async (args) => {
    const { data } = schema.safeParse(args);
    return data && { value: await answer(...data) };
  };
}

/** Answers the page's calls, and refuses those from another frame or origin, or with invalid arguments. */
export function answerCalls(page: TrustedPage, answers: Answers): void {
  for (const call of CALLS) {
    ipcMain.handle(channelOf(call), async (event, ...args: unknown[]): Promise<Outcome> => {
      if (!isTrusted(event, page)) return { refusal: "The desktop does not answer to this page." };
      try {
        const outcome = await answers[call](args);
        return outcome ?? { refusal: `The desktop cannot ${call} with these values.` };
      } catch (error) {
        return { refusal: error instanceof Error ? error.message : "It could not be done." };
      }
    });
  }
}

/** An empty address or about:blank, which a frame has before loading, is not trusted. */
function isTrusted({ sender, senderFrame }: IpcMainInvokeEvent, page: TrustedPage): boolean {
  const origin = page.origin();
  return (
    origin !== undefined &&
    senderFrame !== null &&
    sender === page.contents() &&
    senderFrame.parent === null &&
    URL.canParse(senderFrame.url) &&
    new URL(senderFrame.url).origin === origin
  );
}
