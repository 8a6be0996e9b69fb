/** Texts about finding out which settings an endpoint uses. */
export const endpointTrial = {
  title: "Which settings {{name}} uses",
  cost: "Draws {{least}} small pictures with one seed. If the seed is used, up to {{more}} more follow, each with one setting changed.",
  costTime: "Its last pictures took about {{time}} each, so expect at least {{least}}.",
  costUnknown: "No time estimate yet.",
  start: "Draw and check",
  again: "Check again",
  cancel: "Cancel",
  close: "Done",
  trying: "Trying {{setting}}: picture {{number}}",
  done_one: "{{count}} picture in {{time}}",
  done_other: "{{count}} pictures in {{time}}",
  left: "Cancelled; the server may still be working on a picture. What was found is kept.",
  failed: "The settings could not be checked",
  settings: "Settings",
  untried: "Not tried",
  verdicts: {
    used: "Used",
    ignored: "Ignored",
    refused: "Refused",
    unknown: "Unknown",
  },
  unknownHint:
    "Its pictures differ each time, even with the same seed, so they cannot tell whether other settings are used.",
  send: "Send what it uses",
  sent: "{{name}} now gets the settings that it uses",
  promptOnly: "Only the prompt is sent to it now.",
};
