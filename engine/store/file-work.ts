/** The progress of work on files. */
export interface WorkProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Long work on files, with progress and a way to stop between two blocks. */
export interface FileWork {
  readonly onProgress?: ((progress: WorkProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Adds a note for the person about what was found. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** Counts the bytes of work done. */
export class ByteCount {
  readonly totalBytes: number;
  readonly #work: FileWork;
  #doneBytes = 0;

  constructor(files: readonly { readonly sizeBytes: number }[], work: FileWork) {
    this.totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    this.#work = work;
  }

  /** Throws the signal's reason once it is aborted. */
  readonly add = (bytes: number): void => {
    this.#work.signal?.throwIfAborted();
    this.#doneBytes += bytes;
    this.#work.onProgress?.({ doneBytes: this.#doneBytes, totalBytes: this.totalBytes });
  };
}
