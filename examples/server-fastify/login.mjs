// Stands for a login of your own: a session in memory, by a cookie that no script and no other site's form gets.
import { randomBytes, randomUUID } from "node:crypto";

const users = new Map();

/** Signs a new user in; returns the cookie. Over HTTPS it would also be `Secure`. */
export function signIn() {
  const session = randomBytes(32).toString("base64url");
  users.set(session, { id: randomUUID() });
  return `session=${session}; Path=/; HttpOnly; SameSite=Lax`;
}

/** Whose cookies these are, or null. */
export function userOf(cookies) {
  const session = /(?:^|; )session=([\w-]+)/.exec(cookies ?? "")?.[1];
  return users.get(session) ?? null;
}
