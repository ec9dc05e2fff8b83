const { createClient, isUploadError } = require("crowfly");

createClient({ api: "/api", token: () => "" }).then(
  () => process.exit(1),
  (error) => {
    if (!isUploadError(error) || error.code !== "unsupported") throw error;
  },
);
