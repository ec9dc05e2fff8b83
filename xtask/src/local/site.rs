//! The page's server: static files with a strict content security policy.

use std::net::TcpStream;
use std::path::{Component, Path, PathBuf};

use devkit::paths;

use super::config::Config;
use super::http::{self, Answer, Ask, Listener};
use crate::error::Error;

/// A page server on loopback; it stops when dropped.
#[derive(Debug)]
pub(crate) struct Site(Listener);

/// What a site serves.
#[derive(Debug)]
struct Content {
    page: PathBuf,
    package: PathBuf,
    config: String,
    policy: String,
}

impl Site {
    /// Serves `www/` at `/`, the npm package at `/crowfly/` and the configuration at `/config.json`.
    ///
    /// # Errors
    /// If the port is taken.
    pub(crate) fn start(port: u16, config: &Config) -> Result<Self, Error> {
        let content = Content {
            page: paths::root().join("www"),
            package: paths::npm_package(),
            config: config.json(),
            policy: config.policy(),
        };
        Listener::start(port, move |stream| content.serve(stream))
            .map(Self)
            .map_err(Error::io(format!("serve the page at port {port}")))
    }

    /// The address of the page.
    pub(crate) fn url(&self) -> String {
        self.0.url()
    }
}

impl Content {
    fn serve(&self, stream: &TcpStream) {
        // A browser that closes its connection is no failure.
        let Ok(ask) = http::read(stream) else { return };
        let wanted = !matches!(ask, Ask::Get { body: false, .. });
        let _ = http::write(stream, &self.answer(&ask), wanted);
    }

    fn answer(&self, ask: &Ask) -> Answer {
        match ask {
            Ask::Get { path, .. } => self.file(path),
            Ask::Other => self.text("405 Method Not Allowed", "only GET and HEAD\n"),
            Ask::Foreign => self.text("403 Forbidden", "this page has no such name\n"),
            Ask::Nonsense => self.text("400 Bad Request", "not a request\n"),
        }
    }

    fn file(&self, path: &str) -> Answer {
        if path == "/config.json" {
            let body = self.config.clone().into_bytes();
            return self.with("200 OK", "application/json", "no-store", body);
        }
        let file = match path.strip_prefix("/crowfly/") {
            Some(rest) => below(&self.package, rest),
            None if path == "/" => Some(self.page.join("index.html")),
            None => below(&self.page, path.trim_start_matches('/')),
        };
        match file.and_then(|file| Some((std::fs::read(&file).ok()?, media_type(&file)))) {
            // Revalidated each time: a developer edits these files.
            Some((body, media_type)) => self.with("200 OK", media_type, "no-cache", body),
            None => self.text("404 Not Found", "there is no such file\n"),
        }
    }

    fn text(&self, status: &'static str, sentence: &str) -> Answer {
        let plain = "text/plain; charset=utf-8";
        self.with(status, plain, "no-store", sentence.as_bytes().to_vec())
    }

    fn with(&self, status: &'static str, media_type: &str, cache: &str, body: Vec<u8>) -> Answer {
        let headers = vec![
            ("content-type", media_type.to_owned()),
            ("cache-control", cache.to_owned()),
            ("content-security-policy", self.policy.clone()),
            ("cross-origin-opener-policy", "same-origin".to_owned()),
            ("cross-origin-resource-policy", "same-origin".to_owned()),
            (
                "permissions-policy",
                "camera=(), geolocation=(), microphone=()".to_owned(),
            ),
            ("referrer-policy", "no-referrer".to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
        ];
        Answer {
            status,
            headers,
            body,
        }
    }
}

/// The file `path` below `folder`, unless the path leads out of it or to a hidden file.
fn below(folder: &Path, path: &str) -> Option<PathBuf> {
    let plain = |part: Component<'_>| match part {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        _ => false,
    };
    let safe = !path.contains(['\\', '\0']) && Path::new(path).components().all(plain);
    let file = folder.join(path).canonicalize().ok()?;
    let inside = safe && file.starts_with(folder.canonicalize().ok()?);
    (inside && file.is_file()).then_some(file)
}

fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, below, media_type};
    use crate::local::http::Ask;
    use devkit::paths;
    use std::path::Path;

    fn content() -> Content {
        Content {
            page: paths::root().join("xtask"),
            package: paths::root().join("contract"),
            config: "{}".to_owned(),
            policy: "default-src 'none'".to_owned(),
        }
    }

    fn status(path: &str) -> &'static str {
        content()
            .answer(&Ask::Get {
                path: path.to_owned(),
                body: true,
            })
            .status
    }

    #[test]
    fn files_of_both_folders_are_served() {
        for path in [
            "/Cargo.toml",
            "/src/main.rs",
            "/crowfly/Cargo.toml",
            "/config.json",
        ] {
            assert_eq!(status(path), "200 OK", "{path}");
        }
    }

    #[test]
    fn nothing_outside_is_served() {
        for path in [
            "/../Cargo.toml",
            "/src/../../Cargo.toml",
            "/crowfly/../xtask/Cargo.toml",
            "/..\\Cargo.toml",
            "//etc/passwd",
            "/etc/passwd",
            "/crowfly//etc/passwd",
            "/crowfly//Cargo.toml/../../Cargo.toml",
            "/Cargo.toml\0",
            "/src",
            "/.git/config",
            "/.",
        ] {
            assert_eq!(status(path), "404 Not Found", "{path:?}");
        }
        assert_eq!(below(&paths::root().join("xtask"), "../.gitignore"), None);
    }

    #[test]
    fn every_answer_carries_the_policy() {
        for ask in [Ask::Other, Ask::Foreign, Ask::Nonsense] {
            let answer = content().answer(&ask);
            assert!(
                answer
                    .headers
                    .iter()
                    .any(|(name, _)| *name == "content-security-policy")
            );
        }
    }

    #[test]
    fn browsers_are_strict_about_these_types() {
        assert_eq!(
            media_type(Path::new("a/crowfly_bg.wasm")),
            "application/wasm"
        );
        assert!(media_type(Path::new("index.js")).starts_with("text/javascript"));
    }
}
