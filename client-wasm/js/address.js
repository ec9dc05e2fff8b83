// Reads the address of the API: a token goes there, so a slip in it must not send one elsewhere.
import { attempt } from "./values.js";

const FORM =
  "must be an address such as https://abc.execute-api.eu-west-1.amazonaws.com, or a path of the page's own server " +
  "such as /api";

/** This machine, as the URL parser writes it: it gives every IPv4 address four decimal numbers, and refuses any other
 * name that ends in a number (WHATWG URL, 3.5; Secure Contexts, 3.1: https://w3c.github.io/webappsec-secure-contexts). */
const LOOPBACK = /^(?:[^.].*\.)?localhost$|^127(?:\.\d{1,3}){3}$|^\[::1\]$/;

/** The address of the API, without a slash at its end, from a string or `URL`; `refuse` throws what is wrong with it. */
export function readAddress(value, refuse) {
  const given = attempt(() => (typeof value === "string" ? value : value.href));
  const text = typeof given === "string" ? given.trim() : "";
  // The parser drops tabs and takes a backslash for a slash: `/\t/host` and `/\host` are other servers.
  if (!text || /[\\\0-\x20\x7f]|^\/\//.test(text)) refuse(FORM);
  const path = /^\.{0,2}\//.test(text);
  if (!path && !/^[a-z][a-z\d+.-]*:\/\//i.test(text)) refuse(`must begin with its scheme: ${completed(text)}`);
  const url = attempt(() => new URL(text, location.href)) ?? refuse(FORM);
  if (url.username || url.password || /[?#]/.test(url.href)) refuse("must have no user, query or fragment");
  const own = url.origin === location.origin;
  const address = `${url.host}${url.pathname}`.replace(/\/+$/, "");
  if (url.protocol === "http:" && !own && !LOOPBACK.test(url.hostname)) {
    refuse(`must be https, or http on this machine: https://${address}`);
  }
  if (!/^https?:$/.test(url.protocol)) refuse(FORM);
  // A server of the page's own may have its routes wherever it likes.
  if (!own && address.endsWith("/uploads")) {
    refuse(`must not end in /uploads, which the SDK adds: ${url.protocol}//${address.replace(/\/+uploads$/, "")}`);
  }
  return `${url.protocol}//${address}`;
}

/** The right form of an address without a scheme, and without what may be secret. */
function completed(text) {
  const bare = text.replace(/[?#].*$/, "").replace(/^[^/]*@/, "").replace(/^https?:\/?/i, "");
  const [host] = bare.split("/");
  const name = host.replace(/:\d*$/, "");
  if (LOOPBACK.test(name)) return `http://${bare}`;
  return name.includes(".") ? `https://${bare}` : `https://api.example.com, or /${bare} on the page's own server`;
}
