// When the page sent its first request to the sink; the sink adds how much later the first byte arrived.

/** Records the first `send` with a body, or the first API call, whichever comes first. */
export function firstByte() {
  let at;
  const { send } = XMLHttpRequest.prototype;
  const { fetch } = window;
  const note = () => {
    at ??= performance.now();
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (body) note();
    return send.call(this, body);
  };
  window.fetch = function (...request) {
    note();
    return fetch.apply(window, request);
  };
  return {
    /** Milliseconds from `start` to that request; null if there was none. */
    end(start) {
      XMLHttpRequest.prototype.send = send;
      window.fetch = fetch;
      return at === undefined ? null : at - start;
    },
  };
}
