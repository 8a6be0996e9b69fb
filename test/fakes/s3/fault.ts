/** A refusal of S3. */
export class S3Fault extends Error {
  readonly status: number;
  readonly code: string;
  /** Further elements of the answer. */
  readonly more: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

export const notFound = (code: "NoSuchKey" | "NoSuchBucket" | "NoSuchUpload"): S3Fault =>
  new S3Fault(404, code, `The specified ${code.slice(6).toLowerCase()} does not exist.`);
