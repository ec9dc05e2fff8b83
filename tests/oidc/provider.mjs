// A strict OpenID provider for the tests of the sign-in: public clients with PKCE, refresh tokens that are used once
// and given for `offline_access` only after consent, and access tokens as JWT for an API that the request names.
//
//   node provider.mjs <folder of node_modules> <port, or 0> <address of the page>
//
// Prints its issuer, and ends with its standard input. Its pages take any name; they are not the package's own, because
// those load fonts from the network.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

// The package needs it, and the first releases of Node.js 20 lack it.
URL.parse ??= (url, base) => (URL.canParse(url, base) ? new URL(url, base) : null);

const [modules, port, page] = process.argv.slice(2);
const { Provider, errors } = await import(pathToFileURL(join(resolve(modules), "oidc-provider/lib/index.js")).href);

/** The API that it knows, and its scopes. */
const API = "https://uploads.example/";
const SCOPES = "uploads";

/** Seconds: short, so that a test sees one expire. */
const LIFE = 3;

const client = (id, more) => ({
  client_id: id,
  application_type: "web",
  token_endpoint_auth_method: "none",
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  redirect_uris: [page],
  ...more,
});

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

const settings = {
  clients: [
    client("page"),
    // May not ask for the API's scope.
    client("narrow", { scope: "openid offline_access" }),
  ],
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "strict", use: "sig", alg: "RS256" }] },
  cookies: { keys: [randomBytes(16).toString("hex")] },
  claims: { profile: ["name"] },
  // The name comes in the ID token: an access token for the API does not open the user info.
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `${id} of the provider` }) }),
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  features: {
    devInteractions: { enabled: false },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo(_, resource) {
        if (resource !== API) throw new errors.InvalidTarget("the resource is not known here");
        return { scope: SCOPES, audience: API, accessTokenFormat: "jwt", accessTokenTTL: LIFE, jwt: { sign: { alg: "RS256" } } };
      },
    },
  },
};

/** The form of an interaction: a name, or what the page asks for. */
function form({ prompt }) {
  if (prompt.name === "login") return `<label>Name <input name="name" required></label><button name="do" value="login">Go on</button>`;
  const scopes = Object.values(prompt.details.missingResourceScopes ?? {}).flat();
  const boxes = scopes.map((scope) => `<label><input type="checkbox" name="scope" value="${scope}" checked> ${scope}</label>`);
  return `${boxes.join("")}<button name="do" value="allow">Allow</button><button name="do" value="deny">Deny</button>`;
}

/** What a person answered. */
async function outcome({ prompt: { details }, grantId, session, params }, answers) {
  switch (answers.get("do")) {
    case "login":
      return { login: { accountId: answers.get("name") } };
    case "allow": {
      const { Grant } = provider;
      const grant = grantId ? await Grant.find(grantId) : new Grant({ accountId: session.accountId, clientId: params.client_id });
      grant.addOIDCScope((details.missingOIDCScope ?? []).join(" "));
      grant.addOIDCClaims(details.missingOIDCClaims ?? []);
      for (const [resource, scopes] of Object.entries(details.missingResourceScopes ?? {})) {
        const allowed = new Set(answers.getAll("scope"));
        for (const scope of scopes) {
          if (allowed.has(scope)) grant.addResourceScope(resource, scope);
          else grant.rejectResourceScope(resource, scope);
        }
      }
      return { consent: { grantId: await grant.save() } };
    }
    default:
      return { error: "access_denied", error_description: "The person does not want to." };
  }
}

async function interact(request, response) {
  const interaction = await provider.interactionDetails(request, response);
  if (request.method === "POST") {
    const answers = new URLSearchParams(await text(request));
    const mergeWithLastSubmission = interaction.prompt.name === "consent";
    return provider.interactionFinished(request, response, await outcome(interaction, answers), { mergeWithLastSubmission });
  }
  response.setHeader("content-type", "text/html; charset=utf-8");
  const { name } = interaction.prompt;
  response.end(
    `<!doctype html><html lang="en"><title>${name}</title><link rel="icon" href="data:,">` +
      `<form method="post" data-prompt="${name}">${form(interaction)}</form></html>`,
  );
}

let provider;
const server = createServer((request, response) => {
  if (!request.url.startsWith("/interaction/")) return provider.callback()(request, response);
  interact(request, response).catch((error) => response.writeHead(500).end(String(error)));
});
server.listen(Number(port), "127.0.0.1", () => {
  provider = new Provider(`http://127.0.0.1:${server.address().port}`, settings);
  console.log(provider.issuer);
});
process.stdin.resume().on("end", () => process.exit(0));
