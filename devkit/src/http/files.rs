use std::path::{Component, Path, PathBuf};

use super::{Incoming, Reply};

/// Folders whose files are served, each below a path of its own.
#[derive(Clone, Debug, Default)]
pub struct Files(Vec<(&'static str, PathBuf)>);

impl Files {
    /// Serves the files of `folder` below `path`, which ends in a slash. The first of several that fit counts.
    #[must_use]
    pub fn at(mut self, path: &'static str, folder: impl Into<PathBuf>) -> Self {
        self.0.push((path, folder.into()));
        self
    }

    /// The answer to GET and HEAD of a file; a folder's own path is its `index.html`.
    pub fn answer(&self, request: &Incoming) -> Reply {
        if !["GET", "HEAD"].contains(&request.method.as_str()) {
            return Reply::text(405, "only GET and HEAD\n");
        }
        let file = self.find(&request.path);
        match file.and_then(|file| Some((std::fs::read(&file).ok()?, media_type(&file)))) {
            Some((bytes, media_type)) => Reply::new(200).body(media_type, bytes),
            None => Reply::text(404, "there is no such file\n"),
        }
    }

    fn find(&self, path: &str) -> Option<PathBuf> {
        let below = |(at, folder): &(&str, PathBuf)| Some((folder.clone(), path.strip_prefix(at)?));
        match self.0.iter().find_map(below)? {
            (folder, "") => Some(folder.join("index.html")),
            (folder, rest) => inside(&folder, rest),
        }
    }
}

/// The file `path` below `folder`, unless the path leads out of it or to a hidden file.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let plain = |part: Component<'_>| match part {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        _ => false,
    };
    let safe = !path.contains(['\\', '\0']) && Path::new(path).components().all(plain);
    let file = folder.join(path).canonicalize().ok()?;
    let inside = safe && file.starts_with(folder.canonicalize().ok()?);
    (inside && file.is_file()).then_some(file)
}

/// The media type of a file by the end of its name, as browsers need it for scripts and modules.
pub fn media_type(file: &Path) -> &'static str {
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
    use std::path::Path;

    use super::{Files, inside, media_type};
    use crate::paths;

    fn files() -> Files {
        Files::default()
            .at("/crowfly/", paths::root().join("contract"))
            .at("/", paths::root().join("xtask"))
    }

    #[test]
    fn files_of_both_folders_are_served() {
        for path in ["/Cargo.toml", "/src/main.rs", "/crowfly/Cargo.toml"] {
            assert!(files().find(path).is_some(), "{path}");
        }
        let own = files().find("/").expect("the folder's own");
        assert!(own.ends_with("xtask/index.html"));
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
            assert_eq!(files().find(path), None, "{path:?}");
        }
        assert_eq!(inside(&paths::root().join("xtask"), "../.gitignore"), None);
    }

    #[test]
    fn browsers_are_strict_about_these_types() {
        let wasm = media_type(Path::new("a/crowfly_bg.wasm"));
        assert_eq!(wasm, "application/wasm");
        assert!(media_type(Path::new("index.js")).starts_with("text/javascript"));
    }
}
