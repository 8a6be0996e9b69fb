import { ipcMain, type IpcMainInvokeEvent, type WebContents } from "electron";
import type { z } from "zod";
import { CALLS, channelOf, type Call, type Outcome } from "./channels.ts";

/** The one page that may make calls: our window's, at the studio's origin. */
export interface TrustedPage {
  readonly contents: () => WebContents | undefined;
  readonly origin: () => string | undefined;
}

/** An answer whose arguments are checked before it is asked; undefined where they are not what it takes. */
export type CheckedAnswer = (args: unknown) => Promise<{ readonly value: unknown } | undefined>;

/** What answers each call. */
export type Answers = Readonly<Record<Call, CheckedAnswer>>;

/** Says what a call takes, and does it. */
export function takes<A extends unknown[]>(
  schema: z.ZodType<A>,
  answer: (...args: A) => Promise<unknown>,
): CheckedAnswer {
  return async (args) => {
    const { data } = schema.safeParse(args);
    return data && { value: await answer(...data) };
  };
}

/** Answers the page's calls and refuses everybody else's: another frame, another origin, another argument. */
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

/** An empty address and about:blank, as a frame has before it has loaded, are not ours. */
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
