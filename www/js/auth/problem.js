// What the parts of a sign-in throw.

/**
 * An Error whose message is a sentence for the person; `facts` is for the developer to whom the person reports it.
 * `temporary` marks what may pass by itself and does not end the session.
 */
export function problem(sentence, { facts, cause, temporary = false } = {}) {
  return Object.assign(new Error(sentence, { cause }), { sentence, facts, temporary });
}
