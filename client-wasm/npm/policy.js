// What the page's content security policy refuses, as far as the browser says so.

/** Refusals under one directive, since the watch began.
 * @typedef {ReturnType<typeof policyWatch>} PolicyWatch */

/** Notes refusals under a directive from now on, until it is ended.
 * @param {string} directive */
export function policyWatch(directive) {
  let refused = false;
  /** @param {SecurityPolicyViolationEvent} event */
  const hear = ({ effectiveDirective, disposition }) => {
    refused ||= disposition !== "report" && effectiveDirective === directive;
  };
  globalThis.addEventListener?.("securitypolicyviolation", hear);
  return {
    /** Whether anything was refused; the browser may say so a moment later than what it refused fails. */
    async refused() {
      await new Promise((over) => setTimeout(over, 20));
      return refused;
    },
    end() {
      globalThis.removeEventListener?.("securitypolicyviolation", hear);
    },
  };
}
