/** The refusals about a deployment's form; errors.ts explains the fields. */
export const DEPLOY_REFUSALS = {
  DEPLOY_NAME_INVALID: {
    status: 422,
    sentence: "{field} cannot be {value}: {reason}.",
    advice: "Use lower-case letters, digits and hyphens, starting with a letter.",
  },
  DEPLOY_VALUE_MISSING: {
    status: 422,
    sentence: "{field} is missing.",
    advice: "Enter one, such as {example}.",
  },
  DEPLOY_NAME_TOO_LONG: {
    status: 422,
    sentence:
      "The service's address would begin with {host}, which is longer than the 63 characters that DNS allows.",
    advice: "Shorten the name of the model deployment or of the project.",
  },
  DEPLOY_NAMESPACE_RESERVED: {
    status: 422,
    sentence: "The project {value} belongs to the cluster itself.",
    advice: "Enter a project of your own.",
  },
  DEPLOY_PATH_INVALID: {
    status: 422,
    sentence: "The path {value} cannot be served: {reason}.",
    advice: "Enter the folder that contains config/ and model-store/, with a slash at its end.",
  },
  DEPLOY_QUANTITY_INVALID: {
    status: 422,
    sentence: "{field} cannot be {value}: {reason}.",
    advice: "Enter a quantity such as {example}.",
  },
  DEPLOY_LIMIT_TOO_LOW: {
    status: 422,
    sentence: "{field} of {value} is less than the {request} that are requested.",
    advice: "Raise the limit, or lower the request.",
  },
  DEPLOY_IMAGE_INVALID: {
    status: 422,
    sentence: "{value} is not a container image's name: {reason}.",
    advice: "Enter it as registry/repository:tag.",
  },
  DEPLOY_NUMBER_INVALID: {
    status: 422,
    sentence: "{field} cannot be {value}: {reason}.",
    advice: "Enter a whole number from {least} to {most}.",
  },
  DEPLOY_ANNOTATION_INVALID: {
    status: 422,
    sentence: "The annotation {value} cannot be set: {reason}.",
    advice: "Write one annotation a line, as key: value.",
  },
  DEPLOY_CHOICE_UNKNOWN: {
    status: 422,
    sentence: "{field} cannot be {value}: {reason}.",
    advice: "Choose one of: {choices}.",
  },
  DEPLOY_UNWRITABLE: {
    status: 500,
    sentence: "The manifests could not be written to {path}: {reason}.",
    advice: "Choose a folder that you may write to.",
  },
} as const;
