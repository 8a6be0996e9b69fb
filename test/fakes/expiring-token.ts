/** A service account's token that expires at a time, in the form of a JSON web token. */
export function tokenUntil(end: Date, signature = "c2lnbmF0dXJl"): string {
  const claims = { exp: end.getTime() / 1000, sub: "system:serviceaccount:sd-proj:kt2-sa" };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${signature}`;
}
