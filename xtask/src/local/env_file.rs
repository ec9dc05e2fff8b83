//! The file by which tools find a running system. It contains the root key, so only its owner may read it.

use std::io::Write;
use std::path::Path;

use serde::Serialize;
use tempfile::NamedTempFile;

use crate::error::Error;
use crate::paths;

/// Writes a description with mode 0600: into a new file with that mode, which then replaces the older one by a
/// rename. The older file may have been readable by others, or open in another program.
pub(crate) fn write(file: &Path, description: &impl Serialize) -> Result<(), Error> {
    let text = serde_json::to_string_pretty(description);
    let text = text.map_err(|error| Error::failed(format!("the description: {error}")))?;
    let folder = file.parent().unwrap_or(file);
    // The mode of a temporary file is 0600.
    NamedTempFile::new_in(folder)
        .and_then(|mut new| {
            writeln!(new, "{text}")?;
            Ok(new.persist(file)?)
        })
        .map(drop)
        .map_err(Error::io(format!("write {}", paths::short(file))))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::{Path, PathBuf};

    use serde_json::json;

    use super::write;
    use devkit::paths;

    fn folder(name: &str) -> PathBuf {
        let folder = paths::target().join("test/env-file").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    fn mode(file: &Path) -> u32 {
        let found = std::fs::metadata(file).expect("the file");
        found.permissions().mode() & 0o777
    }

    #[test]
    fn h3_the_description_is_its_owners_alone() {
        let file = folder("new").join("env.json");
        write(&file, &json!({"a": 1})).expect("it is written");
        assert_eq!(mode(&file), 0o600);
        let text = std::fs::read_to_string(&file).expect("the file");
        assert_eq!(text, "{\n  \"a\": 1\n}\n");
    }

    #[test]
    fn h3_an_older_description_that_others_could_read_is_replaced() {
        let folder = folder("old");
        let (file, left) = (folder.join("env.json"), folder.join("env.json.new"));
        for old in [&file, &left] {
            std::fs::write(old, "old").expect("an older file");
            let others = std::fs::Permissions::from_mode(0o644);
            std::fs::set_permissions(old, others).expect("readable by others");
        }
        write(&file, &json!({})).expect("it is written");
        assert_eq!(mode(&file), 0o600);

        let elsewhere = folder.join("elsewhere");
        std::fs::write(&elsewhere, "other").expect("another file");
        std::fs::remove_file(&file).expect("the file");
        symlink(&elsewhere, &file).expect("a link");
        write(&file, &json!({})).expect("it is written");
        let other = std::fs::read_to_string(&elsewhere).expect("the other file");
        assert_eq!(other, "other", "no link leads the key elsewhere");
    }
}
