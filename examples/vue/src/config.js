/** What components give to the adapter. All that name the same `api` share one client. */
export const options = {
  api: import.meta.env.VITE_API,
  // In an application: the access token of whoever is signed in.
  token: () => import.meta.env.VITE_TOKEN,
  // Until the upload's record is in the database.
  processed: true,
};

/** What is refused before anything is sent. */
export const limits = { maxBytes: 5 * 1024 ** 3, maxFiles: 1000 };
