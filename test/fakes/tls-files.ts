import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TlsFiles } from "../../engine/contract/server.ts";
import type { KeyPair } from "./certificates.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Writes the files of a certificate to a folder, with the names that `kubectl create secret tls` uses. */
export function tlsFiles({ cert, key }: KeyPair, folder = temporaryFolder()): TlsFiles {
  const files = { cert: join(folder, "tls.crt"), key: join(folder, "tls.key") };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key, { mode: 0o600 });
  chmodSync(files.key, 0o600);
  return files;
}

/** A secret as a kubelet mounts it: links through `..data`, which is replaced when the secret is renewed. */
export class MountedSecret {
  readonly #folder = temporaryFolder();
  #turn = 0;
  readonly files: TlsFiles;

  constructor(pair: KeyPair) {
    this.files = { cert: join(this.#folder, "tls.crt"), key: join(this.#folder, "tls.key") };
    this.renew(pair);
    symlinkSync(join("..data", "tls.crt"), this.files.cert);
    symlinkSync(join("..data", "tls.key"), this.files.key);
  }

  renew(pair: KeyPair): void {
    const name = `..turn-${++this.#turn}`;
    mkdirSync(join(this.#folder, name));
    tlsFiles(pair, join(this.#folder, name));
    symlinkSync(name, join(this.#folder, "..data_tmp"));
    renameSync(join(this.#folder, "..data_tmp"), join(this.#folder, "..data"));
    rmSync(join(this.#folder, `..turn-${this.#turn - 1}`), { recursive: true, force: true });
  }
}
