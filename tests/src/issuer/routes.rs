use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use devkit::hash::sha256;
use devkit::http::{Incoming, Reply, Server, decode_form, encode};
use devkit::random::random_hex;
use devkit::time::unix;
use serde_json::{Value, json};

use super::TokenRequest;
use super::keys::Keyring;
use super::token::mint;

/// The issuer: discovery, keys, `POST /token` with a [`TokenRequest`] in JSON, and a sign-in page that signs
/// every visitor in as `alice` at once, by authorization code with PKCE
/// (<https://www.rfc-editor.org/rfc/rfc6749#section-4.1>, <https://www.rfc-editor.org/rfc/rfc7636>).
#[derive(Debug)]
pub struct Issuer {
    name: String,
    keys: Keyring,
    requests: AtomicUsize,
    /// Codes not yet redeemed, with their code challenges.
    codes: Mutex<BTreeMap<String, String>>,
}

impl Issuer {
    /// Serves a new issuer on a free port until the process ends.
    ///
    /// # Panics
    /// When no port is free.
    pub fn start() -> Arc<Self> {
        Self::serve(Server::bind(0).expect("a free port")).expect("a server")
    }

    /// Serves a new issuer until the process ends.
    ///
    /// # Errors
    /// When the system does not say which port it is.
    pub fn serve(server: Server) -> std::io::Result<Arc<Self>> {
        let issuer = Arc::new(Self {
            name: server.url(),
            keys: Keyring::generate(),
            requests: AtomicUsize::new(0),
            codes: Mutex::default(),
        });
        let served = Arc::clone(&issuer);
        server
            .serve(move |request| served.answer(request))?
            .detach();
        Ok(issuer)
    }

    /// Its name, the `iss` of its tokens.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Mints a token.
    pub fn mint(&self, wanted: &TokenRequest) -> String {
        mint(wanted, &self.name, &self.keys, unix())
    }

    /// How many requests it has received.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    fn answer(&self, request: &Incoming) -> Reply {
        // The name ends in a slash, so a client that appends a path may send two.
        let path = request.path.trim_start_matches('/');
        self.requests.fetch_add(1, Ordering::Relaxed);
        let answer = match (request.method.as_str(), path) {
            ("GET" | "HEAD", ".well-known/openid-configuration") => {
                Reply::json(200, &self.discovery())
            }
            ("GET" | "HEAD", ".well-known/jwks.json") => Reply::json(200, &self.keys.set()),
            ("OPTIONS", _) => Reply::new(204),
            ("GET", "authorize") => self.authorize(&decode_form(&request.query)),
            ("POST", "token") => self.token(&request.body),
            _ => Reply::json(404, &json!({"error": "not_found"})),
        };
        answer
            .header("access-control-allow-origin", "*")
            .header("access-control-allow-headers", "content-type")
            .header("cache-control", "no-store")
    }

    fn discovery(&self) -> Value {
        let name = &self.name;
        json!({
            "issuer": name,
            "jwks_uri": format!("{name}.well-known/jwks.json"),
            "authorization_endpoint": format!("{name}authorize"),
            "token_endpoint": format!("{name}token"),
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "subject_types_supported": ["public"],
        })
    }

    fn authorize(&self, query: &BTreeMap<String, String>) -> Reply {
        let field = |name: &str| query.get(name).map_or("", String::as_str);
        let (back, challenge) = (field("redirect_uri"), field("code_challenge"));
        let sound = field("response_type") == "code"
            && field("code_challenge_method") == "S256"
            && back.starts_with("http://127.0.0.1:")
            && !challenge.is_empty();
        if !sound {
            let wanted = "response_type=code and an S256 challenge, back to loopback";
            return refusal("invalid_request", wanted);
        }
        let code = random_hex(16);
        locked(&self.codes).insert(code.clone(), challenge.into());
        let target = format!("{back}?code={code}&state={}", encode(field("state")));
        Reply::new(302).header("location", target)
    }

    fn token(&self, body: &[u8]) -> Reply {
        let wanted = match std::str::from_utf8(body) {
            Ok("") => Ok(TokenRequest::default()),
            Ok(form) if !form.starts_with('{') => return self.redeem(&decode_form(form)),
            _ => serde_json::from_slice::<TokenRequest>(body),
        };
        match wanted {
            Ok(wanted) => self.grant(&wanted),
            Err(error) => refusal("invalid_request", &error.to_string()),
        }
    }

    fn redeem(&self, form: &BTreeMap<String, String>) -> Reply {
        let field = |name: &str| form.get(name).map_or("", String::as_str);
        let challenge = locked(&self.codes).remove(field("code"));
        let proof = BASE64URL_NOPAD.encode(&sha256(field("code_verifier").as_bytes()));
        if field("grant_type") == "authorization_code" && challenge == Some(proof) {
            self.grant(&TokenRequest::default())
        } else {
            let why = "no such code, or the verifier does not fit the challenge";
            refusal("invalid_grant", why)
        }
    }

    fn grant(&self, wanted: &TokenRequest) -> Reply {
        let body =
            json!({"access_token": self.mint(wanted), "token_type": "Bearer", "expires_in": 3600});
        Reply::json(200, &body)
    }
}

fn refusal(error: &str, description: &str) -> Reply {
    let body = json!({"error": error, "error_description": description});
    Reply::json(400, &body)
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
