/** The address of an API that signs for this storage. It has a name of its own, as in every deployment: a browser has six
 * connections to each name, and an API's calls do not wait for those of storage. */
export const api = (sink) => sink.replace("127.0.0.1", "api.localhost");
