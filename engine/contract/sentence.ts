/** Turns a note into a sentence: `sending` becomes `Sending`; a file's name stays unchanged. */
export function asSentence(remark: string): string {
  return remark.replace(/^[a-z](?=[a-z]*(?:[ ,;]|: |$))/, (letter) => letter.toUpperCase());
}
