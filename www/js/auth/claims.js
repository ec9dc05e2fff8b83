// The contents of a JWT, unverified. What an issuer said over its own connection may be believed; a token from
// elsewhere says how to display it and when it expires, nothing else.

/** The claims of a JWT; without any for what is not one. */
export function claimsOf(token) {
  try {
    const payload = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
    const raw = Uint8Array.from(atob(payload), (digit) => digit.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(raw));
    return claims && typeof claims === "object" ? claims : {};
  } catch {
    return {};
  }
}

/** The words of a claim that is an array, or text with spaces between them; undefined without one. */
export function wordsOf(claim) {
  if (Array.isArray(claim)) return claim.map(String);
  return typeof claim === "string" ? claim.split(" ").filter(Boolean) : undefined;
}

/** The display name in claims. */
export function nameIn({ username, name, preferred_username: preferred, email, sub }) {
  return [username, name, preferred, email, sub].find((text) => typeof text === "string" && text);
}
