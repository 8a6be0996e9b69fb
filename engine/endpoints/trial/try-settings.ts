import { StudioError, toWire } from "../../contract/errors.ts";
import type { Order } from "../../contract/order.ts";
import {
  TRIAL_SIZE,
  TRIED_SETTINGS,
  type TrialNews,
  type TriedSetting,
  type Verdicts,
} from "../../contract/setting-trial.ts";
import type { Pixels } from "../../image/pixels.ts";

/** A picture of a trial. */
export interface TrialPicture {
  readonly pixels: Pixels;
  readonly seconds: number;
}

export interface TrialParts {
  readonly model: string;
  /** The settings that can be sent. */
  readonly settings: readonly TriedSetting[];
  /** Draws, sending everything in the order. Rejects with the ENDPOINT refusals. */
  readonly draw: (order: Order) => Promise<TrialPicture>;
}

type Values = Partial<Order>;

/** The usual values of all pictures, and the changed values that test each setting. Small and quick to draw. */
const TRIED: Readonly<Record<TriedSetting, readonly [usual: Values, changed: Values]>> = {
  seed: [{ seed: "42" }, { seed: "43" }],
  size: [TRIAL_SIZE, TRIAL_SIZE],
  steps: [{ steps: 2 }, { steps: 3 }],
  guidanceScale: [{ guidanceScale: 7.5 }, { guidanceScale: 2 }],
  negativePrompt: [
    { negativePrompt: "dark, blurred" },
    { negativePrompt: "a red house, bright colours" },
  ],
  scheduler: [{ scheduler: "ddim" }, { scheduler: "euler" }],
};
const PROMPT = "a red house on a hill";

/** Average difference, of 255, that two runs of the same graphics card may have. */
const SAME = 2;
/** A change counts if it exceeds this multiple of the difference between two pictures with equal settings. */
const BEYOND_NOISE = 3;

/**
 * Draws twice with one seed, and then with one setting changed at a time, to find out which settings an endpoint uses.
 * Ends with an error in its last report if a picture is refused for another reason than its settings.
 */
export async function* trySettings(parts: TrialParts): AsyncGenerator<TrialNews, void> {
  const trial = new Trial(parts);
  try {
    yield* trial.run();
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    yield { ...trial.news(), error: toWire(error) };
  }
}

class Trial {
  readonly #parts: TrialParts;
  readonly #verdicts: Verdicts = {};
  /** The settings that every picture is sent. */
  #sent: readonly TriedSetting[];
  #pictures = 0;
  #seconds = 0;

  constructor(parts: TrialParts) {
    this.#parts = parts;
    this.#sent = TRIED_SETTINGS.filter((setting) => parts.settings.includes(setting));
  }

  news(trying?: TriedSetting): TrialNews {
    return {
      ...(trying !== undefined && { trying }),
      verdicts: { ...this.#verdicts },
      pictures: this.#pictures,
      seconds: this.#seconds,
    };
  }

  async *run(): AsyncGenerator<TrialNews, void> {
    yield this.news("seed");
    const first = await this.#accepted();
    if (this.#sent.includes("size")) this.#verdicts.size = isOfSize(first) ? "used" : "ignored";
    yield this.news("seed");
    const again = await this.#draw(this.#sent, {});
    const noise = meanDifference(first.pixels, again.pixels);
    if (noise > SAME) {
      if (this.#sent.includes("seed")) this.#verdicts.seed = "ignored";
      for (const setting of this.#untold()) this.#verdicts[setting] = "unknown";
      return yield this.news();
    }
    for (const setting of this.#untold()) {
      yield this.news(setting);
      this.#verdicts[setting] = await this.#verdict(setting, first, noise);
    }
    yield this.news();
  }

  #untold(): readonly TriedSetting[] {
    const { settings } = this.#parts;
    return TRIED_SETTINGS.filter(
      (setting) => settings.includes(setting) && this.#verdicts[setting] === undefined,
    );
  }

  /**
   * The first picture: with all settings, or with as many as the endpoint accepts. If it is accepted without the
   * setting that was left out last, that one is refused. A failing server may already have drawn: it is asked once
   * more, with only the prompt.
   */
  async #accepted(): Promise<TrialPicture> {
    let refused: readonly TriedSetting[] = [];
    for (;;) {
      try {
        const picture = await this.#draw(this.#sent, {});
        for (const setting of refused) this.#verdicts[setting] = "refused";
        return picture;
      } catch (error) {
        const { length } = this.#sent;
        if (!isOfSettings(error) || length === 0) throw error;
        const kept = error.code === "ENDPOINT_FAULT" ? 0 : length - 1;
        refused = this.#sent.slice(kept);
        this.#sent = this.#sent.slice(0, kept);
      }
    }
  }

  async #verdict(setting: TriedSetting, first: TrialPicture, noise: number) {
    const [usual, changed] = TRIED[setting];
    const values = this.#sent.includes(setting) ? changed : usual;
    try {
      const picture = await this.#draw(this.#sent, values);
      if (setting === "size") return isOfSize(picture) ? "used" : "ignored";
      const apart = meanDifference(first.pixels, picture.pixels);
      return apart > noise * BEYOND_NOISE ? "used" : "ignored";
    } catch (error) {
      if (isOfSettings(error)) return "refused";
      throw error;
    }
  }

  async #draw(sent: readonly TriedSetting[], values: Values): Promise<TrialPicture> {
    const usual = Object.assign({}, ...sent.map((setting) => TRIED[setting][0]));
    const all: Values = { ...usual, ...values };
    const { model } = this.#parts;
    const picture = await this.#parts.draw({
      model,
      prompt: PROMPT,
      negativePrompt: "",
      ...TRIAL_SIZE,
      ...(all.width === undefined && { isSizeOpen: true as const }),
      ...all,
    });
    this.#pictures++;
    this.#seconds += picture.seconds;
    return picture;
  }
}

/** Whether a request may have been refused because of its content: by the server, or by a handler that fails on it. */
function isOfSettings(error: unknown): error is StudioError {
  if (!(error instanceof StudioError)) return false;
  return error.code === "ENDPOINT_REFUSED" || error.code === "ENDPOINT_FAULT";
}

function isOfSize({ pixels: { width, height } }: TrialPicture): boolean {
  return width === TRIAL_SIZE.width && height === TRIAL_SIZE.height;
}

/** The average difference of two pictures in levels of 255; Infinity if their sizes differ. */
function meanDifference(one: Pixels, other: Pixels): number {
  if (one.width !== other.width || one.height !== other.height) return Infinity;
  let sum = 0;
  for (const [i, level] of one.data.entries()) sum += Math.abs(level - (other.data[i] ?? 0));
  return one.data.length === 0 ? 0 : sum / one.data.length;
}
