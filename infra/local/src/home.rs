//! The data folder: lock, keys, and files that are whole or not there.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};
use yam_platform::IdGen;

/// The folder of one hub. With `--memory` it is a temporary one that goes with the process.
#[derive(Debug)]
pub struct Home {
    path: PathBuf,
    temporary: bool,
    /// Holds the lock: the kernel frees it however the process ends.
    _lock: File,
}

impl Home {
    /// Opens and locks a folder, making it if needed.
    ///
    /// # Errors
    /// Another hub runs there, or the folder cannot be used.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        make_folder(path)?;
        let _lock = lock(path)?;
        Ok(Home { path: path.to_owned(), temporary: false, _lock })
    }

    /// Makes a temporary folder.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn temporary(ids: &dyn IdGen) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("yam-{}", ids.token(12)));
        make_folder(&path)?;
        let _lock = lock(&path)?;
        Ok(Home { path, temporary: true, _lock })
    }

    /// Whether everything else should stay in memory.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.temporary
    }

    /// A file in the folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// A file for a database, or `None` when it belongs in memory.
    #[must_use]
    pub fn database(&self, name: &str) -> Option<PathBuf> {
        (!self.temporary).then(|| self.file(name))
    }

    /// The key file that seals credentials; made once.
    ///
    /// # Errors
    /// It cannot be made, or is not 32 bytes long.
    pub fn sealing_key(&self, ids: &dyn IdGen) -> anyhow::Result<PathBuf> {
        let path = self.file("sealing.key");
        let key = self.once(&path, || {
            let mut key = vec![0; 32];
            ids.fill(&mut key);
            key
        })?;
        if key.len() != 32 {
            bail!(
                "{} must hold exactly 32 bytes; without it no stored credential can be read",
                path.display()
            );
        }
        Ok(path)
    }

    /// The hub staff's API key; made once.
    ///
    /// # Errors
    /// It cannot be made or read.
    pub fn operator_key(&self, ids: &dyn IdGen) -> anyhow::Result<String> {
        let key =
            self.once(&self.file("operator.key"), || format!("yam_op_{}", ids.token(24)).into_bytes())?;
        let key = String::from_utf8(key).context("operator.key is not text")?;
        Ok(key.trim().to_owned())
    }

    /// A file's content, made and kept at first use.
    fn once(&self, path: &Path, make: impl FnOnce() -> Vec<u8>) -> anyhow::Result<Vec<u8>> {
        match std::fs::read(path) {
            Ok(content) => return Ok(content),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        }
        let content = make();
        write_durably(path, &content).with_context(|| path.display().to_string())?;
        Ok(content)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if self.temporary {
            // What cannot be removed is left to the system's cleaning of its temporary folder.
            let _left = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// SHA-256 in hex.
#[must_use]
pub fn sha256_hex(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _infallible = write!(hex, "{byte:02x}");
        hex
    })
}

fn make_folder(path: &Path) -> anyhow::Result<()> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.with_context(|| format!("the data folder {} cannot be made", path.display()))
}

fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join("lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
    let file = file.with_context(|| path.display().to_string())?;
    match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(error) if error == rustix::io::Errno::WOULDBLOCK => bail!(
            "another hub is running on the data folder {}; stop it, or take another folder with --data",
            folder.display()
        ),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// Replaces a file so that after a crash it holds the old content or the new, never a part. Only the
/// owner can read it.
///
/// # Errors
/// The disk.
pub fn write_durably(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let draft = folder.join(name);
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use yam_platform::SystemIds;

    #[test]
    fn one_hub_a_folder_and_the_keys_stay() {
        let path = std::env::temp_dir().join(format!("yam-home-{}", SystemIds.token(9)));
        let home = Home::open(&path).unwrap();
        let refused = Home::open(&path).unwrap_err().to_string();
        assert!(refused.contains("another hub is running"), "{refused}");
        let operator = home.operator_key(&SystemIds).unwrap();
        let key = std::fs::read(home.sealing_key(&SystemIds).unwrap()).unwrap();
        drop(home);

        let home = Home::open(&path).unwrap();
        assert_eq!(home.operator_key(&SystemIds).unwrap(), operator);
        assert_eq!(std::fs::read(home.sealing_key(&SystemIds).unwrap()).unwrap(), key);
        drop(home);
        std::fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn a_temporary_home_goes_with_its_owner() {
        let home = Home::temporary(&SystemIds).unwrap();
        let key = home.sealing_key(&SystemIds).unwrap();
        assert!(key.exists());
        drop(home);
        assert!(!key.exists());
    }

    #[test]
    fn the_hash_is_that_of_the_text() {
        assert_eq!(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
