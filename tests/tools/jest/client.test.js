/** @jest-environment jsdom */
const { createClient, isUploadError } = require("crowfly");

test("a client is made, and says what is wrong", async () => {
  const warnings = [];
  const onWarning = ({ code }) => warnings.push(code);
  const client = await createClient({ api: "https://api.example", token: () => "", resume: false, onWarning });
  expect(client.snapshot().uploads).toEqual([]);
  client.close();
  const error = await createClient({}).catch((error) => error);
  expect(isUploadError(error)).toBe(true);
  expect(error.code).toBe("invalid_option");
  expect(warnings).toEqual([]);
});
