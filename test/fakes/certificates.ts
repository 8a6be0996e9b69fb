import { generate } from "selfsigned";

/** A certificate and its key, in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  readonly name?: string;
  /** The hosts it is valid for: a name, or this machine's address. */
  readonly hosts?: readonly string[];
  readonly from?: Date;
  readonly until?: Date;
  /** The authority that signs it; itself by default. */
  readonly by?: KeyPair;
  readonly isAuthority?: boolean;
}

const DAY_MS = 86_400_000;

/** Makes a certificate that no system trusts. */
export async function certificate({
  name = "a test",
  hosts = ["127.0.0.1", "localhost"],
  from = new Date(Date.now() - DAY_MS),
  until = new Date(Date.now() + 30 * DAY_MS),
  by,
  isAuthority = false,
}: CertificateOptions = {}): Promise<KeyPair> {
  const { cert, private: key } = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: from,
    notAfterDate: until,
    ...(by && { ca: by }),
    extensions: [
      { name: "basicConstraints", cA: isAuthority },
      {
        name: "subjectAltName",
        altNames: hosts.map((host) =>
          /^[\d.]+$/.test(host) ? { type: 7, ip: host } : { type: 2, value: host },
        ),
      },
    ],
  });
  return { cert: `${cert.replaceAll("\r", "").trim()}\n`, key };
}
