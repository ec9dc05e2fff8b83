// `state` is given to the browser and comes back: an HMAC shows that it is still what the signer gave.
import { createHmac, timingSafeEqual } from "node:crypto";

export function sealer(secret) {
  const mac = (text) => createHmac("sha256", secret).update(text).digest();
  return {
    seal(facts) {
      const text = Buffer.from(JSON.stringify(facts)).toString("base64url");
      return `${text}.${mac(text).toString("base64url")}`;
    },
    /** The facts, or nothing if they are not ours. */
    unseal(state) {
      const [text, given = ""] = `${state}`.split(".");
      const [ours, theirs] = [mac(text), Buffer.from(given, "base64url")];
      const genuine = ours.length === theirs.length && timingSafeEqual(ours, theirs);
      return genuine ? JSON.parse(Buffer.from(text, "base64url")) : undefined;
    },
  };
}
