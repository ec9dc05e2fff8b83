// The browser's side: the five functions, over the routes of the example's server.
async function call(method, path, signal, body, state) {
  const headers = { ...(body && { "content-type": "application/json" }), ...(state && { "crowfly-state": state }) };
  const response = await fetch(`/uploads${path}`, { method, signal, headers, body: body && JSON.stringify(body) });
  const answer = response.status === 204 ? undefined : await response.json();
  if (response.ok) return answer;
  throw Object.assign(new Error(answer.error.message), { ...answer.error, status: response.status });
}

export const signer = {
  create: (request, signal) => call("POST", "", signal, request),
  sign: (id, request, signal) => call("POST", `/${id}/parts`, signal, request),
  parts: (id, signal, state) => call("GET", `/${id}/parts`, signal, undefined, state),
  complete: (id, request, signal) => call("POST", `/${id}/complete`, signal, request),
  abort: (id, signal, state) => call("DELETE", `/${id}`, signal, undefined, state),
};
