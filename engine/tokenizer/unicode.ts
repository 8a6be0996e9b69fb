/*
 * The reference tokenizer carries Unicode tables older than the ones of this runtime. The classes
 * below name what it does not know, so that its ids are met whatever version the runtime has.
 * Both are bodies of a regular expression's class (`v` flag). Ranges may run over characters that
 * make no difference. Found by comparing every code point with tokenizers 0.23.
 */

/** Letters and digits since Unicode 17: the reference splits words by Unicode 16 (Oniguruma). */
export const NEWER_LETTERS = String.raw`\u088f\u0c5c\u0cdc\ua7ce-\ua7cf\ua7d2\ua7d4\ua7f1\u{10940}-\u{10959}\u{10ec5}-\u{10ec7}\u{11db0}-\u{11de9}\u{16ea0}-\u{16ed3}\u{16ff2}-\u{16ff6}\u{187f8}-\u{187ff}\u{18d09}-\u{18df2}\u{1e6c0}-\u{1e6ff}\u{2b73a}-\u{2b73f}\u{2cea2}-\u{2cead}\u{323b0}-\u{33479}`;

/** Characters since Unicode 10 that reorder or compose: the reference normalizes by Unicode 9. */
export const NEWER_MARKS = String.raw`\u07fd\u0897-\u08d3\u09fe\u0c3c\u0d3b-\u0d3c\u0eba\u1715\u1abf-\u1aeb\u1df6-\u1dfa\ua82c\u{105c9}-\u{105e4}\u{10d24}-\u{10f85}\u{11070}\u{1133b}\u{11382}-\u{113d0}\u{1145e}\u{11839}-\u{11a99}\u{11d42}-\u{1612f}\u{16d63}-\u{16ff1}\u{1e08f}-\u{1e6f5}`;
