// What the page's content security policy refuses, as far as the browser says so.

/** Notes refusals under a directive from now on, until it is ended. */
export function policyWatch(directive) {
  let refused = false;
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
