/** The refusals about downloads; errors.ts explains the fields. */
export const DOWNLOAD_REFUSALS = {
  HUB_UNREACHABLE: {
    status: 502,
    sentence: "{host} did not answer: {reason}.",
    advice: "Check the connection and try again; what was downloaded is kept.",
  },
  HUB_ADDRESS_INVALID: {
    status: 422,
    sentence: "The hub address {address} ({setting}) cannot be used: {reason}.",
    advice: "Correct it in Settings, or correct HF_ENDPOINT and start Darkroom again.",
  },
  PROXY_INVALID: {
    status: 422,
    sentence: "The proxy {address} ({variable}) cannot be used: {reason}.",
    advice: "Correct or remove the environment variable, then start Darkroom again.",
  },
  PROXY_FAILED: {
    status: 502,
    sentence: "The proxy {proxy} ({variable}) does not connect to {host}: {reason}.",
    advice: "{fix}.",
  },
  HUB_REFUSED: {
    status: 403,
    sentence: "{host} refuses {repository}: {reason}.",
    advice: "Accept its terms on its page and enter a token in Settings, or choose another source.",
  },
  HUB_NOT_FOUND: {
    status: 404,
    sentence: "{repository} cannot be downloaded: {reason}.",
    advice: "Check the name, or choose another source.",
  },
  DOWNLOAD_FAILED: {
    status: 502,
    sentence: "{file} could not be downloaded: {reason}.",
    advice: "Resume the download; it continues where it stopped.",
  },
  DOWNLOAD_DAMAGED: {
    status: 502,
    sentence: "{file} does not have the content that its publisher states: {reason}.",
    advice: "It was discarded; resume the download, on another network if it happens again.",
  },
} as const;
