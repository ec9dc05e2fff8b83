// @vitest-environment jsdom
import { createClient, isUploadError } from "crowfly";
import { expect, test } from "vitest";

test("a client says what is wrong", async () => {
  const warnings = [];
  const refuse = () => Promise.reject(Object.assign(new Error("not today"), { status: 403 }));
  const signer = { create: refuse, sign: refuse, parts: refuse, complete: refuse, abort: refuse };
  const client = await createClient({ signer, resume: false, onWarning: ({ code }) => warnings.push(code) });
  const error = await client.upload(new File(["hello"], "hello.txt")).done.catch((error) => error);
  expect(isUploadError(error)).toBe(true);
  expect(error.status).toBe(403);
  expect(client.snapshot().uploads).toHaveLength(1);
  client.close();
});
