import type { Command } from "commander";
import type { Endpoint } from "../contract/endpoints.ts";
import { fromWire } from "../contract/errors.ts";
import {
  SETTING_NAMES,
  TRIAL_PICTURES,
  TRIED_SETTINGS,
  type TrialNews,
  trialWords,
} from "../contract/setting-trial.ts";
import { namedEndpoint } from "./named-endpoint.ts";
import { note, printResult, progressLine } from "./outcome.ts";
import { withStudio } from "./reach-studio.ts";
import { studioCommand, type StudioFlags } from "./studio-command.ts";

/** `endpoints try-settings`: finds out from a few pictures which settings an endpoint uses. */
export function trySettingsCommand(): Command {
  const { least, most } = TRIAL_PICTURES;
  return studioCommand(
    "try-settings",
    `Draws ${least} to ${most} small pictures on an endpoint to see which settings it uses.`,
  )
    .argument("<id|name>", "the endpoint's ID or name")
    .action((wanted: string, { dataDir, json }: StudioFlags) =>
      withStudio(dataDir, async ({ client }) => {
        const endpoint = await namedEndpoint(client, wanted);
        if (json !== true) note(costWords(endpoint));
        let last: TrialNews | undefined;
        for await (const news of await client.endpoints.trySettings({ id: endpoint.id })) {
          last = news;
          if (json !== true && news.trying !== undefined) {
            progressLine(`Trying ${SETTING_NAMES[news.trying]}, picture ${news.pictures + 1}`);
          }
        }
        if (last === undefined) return;
        const { error, verdicts } = last;
        if (json !== true) progressLine("", true);
        printResult(json, { type: "trial", id: endpoint.id, ...last }, verdictLines(last));
        if (Object.keys(verdicts).length > 0 && json !== true) note(`It ${trialWords(verdicts)}.`);
        const refusal = error && fromWire(error);
        if (refusal !== undefined) throw refusal;
      }),
    );
}

function costWords({ medianSeconds }: Endpoint): string {
  const { least, most } = TRIAL_PICTURES;
  const pictures = `It draws ${least} pictures, and up to ${most - least} more if the seed is used.`;
  if (medianSeconds === undefined) return `${pictures} No time estimate yet.`;
  return `${pictures} The last ones took about ${Math.round(medianSeconds)} s each.`;
}

function verdictLines({ verdicts, pictures, seconds }: TrialNews): string {
  const told = TRIED_SETTINGS.flatMap((setting) => {
    const verdict = verdicts[setting];
    return verdict === undefined ? [] : [`${SETTING_NAMES[setting].padEnd(16)}${verdict}`];
  });
  return [...told, `${pictures} pictures in ${seconds.toFixed(1)} s`].join("\n");
}
