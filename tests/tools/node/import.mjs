import { createClient, isUploadError } from "crowfly";

const error = await createClient({ api: "/api", token: () => "" }).catch((error) => error);
if (!isUploadError(error) || error.code !== "unsupported") throw error;
