//! The keyring of one machine: a private file, made once.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::sync::Barrier;
use std::time::Duration;

use hubkeys_domain::keyring::Keyring;
use hubkeys_domain::{KeyringVersion, Scheme, Secret};
use hubkeys_store::{KeyringEditor, KeyringError, KeyringSource};
use tempfile::TempDir;

fn version(text: &str) -> KeyringVersion {
    KeyringVersion::try_from(text.to_owned()).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_keyring_is_made_private_and_stays_the_same() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keyring.json");
    let made = KeyringSource::from_file(&path).await.unwrap();
    assert_eq!(mode(&path), 0o600);
    let text = fs::read_to_string(&path).unwrap();
    let again = KeyringSource::from_file(&path).await.unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert!(same(&*made.current().await, &*again.current().await));
    assert_eq!(files(&folder), ["keyring.json"]);
}

/// Whether what one seals the other opens.
fn same(one: &Keyring, other: &Keyring) -> bool {
    let stored = one
        .store(Scheme::Hmac, "hk_a", &Secret::of_any_form("s"))
        .unwrap();
    other.open("hk_a", &stored).is_ok()
}

fn files(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let names: BTreeSet<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.into_iter().collect()
}

#[test]
fn many_who_start_at_once_make_one_keyring() {
    const STARTERS: usize = 8;
    for _ in 0..20 {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("keyring.json");
        let start = Barrier::new(STARTERS);
        let begin = || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            start.wait();
            runtime.block_on(async {
                KeyringSource::from_file(&path)
                    .await
                    .unwrap()
                    .current()
                    .await
            })
        };
        let keyrings: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..STARTERS).map(|_| scope.spawn(begin)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        for keyring in &keyrings {
            assert!(same(&keyrings[0], keyring));
        }
        assert_eq!(mode(&path), 0o600);
        assert_eq!(files(&folder), ["keyring.json"]);
    }
}

#[tokio::test]
async fn a_keyring_that_others_may_read_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keyring.json");
    KeyringSource::from_file(&path).await.unwrap();
    for mode in [0o640, 0o604, 0o620, 0o666] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let error = KeyringSource::from_file(&path).await.unwrap_err();
        assert!(
            matches!(error, KeyringError::NotPrivate(_)),
            "{mode:o}: {error:?}"
        );
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
    fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    KeyringSource::from_file(&path).await.unwrap();
}

#[tokio::test]
async fn a_link_to_a_keyring_is_refused() {
    let folder = TempDir::new().unwrap();
    let elsewhere = folder.path().join("elsewhere.json");
    KeyringSource::from_file(&elsewhere).await.unwrap();
    let path = folder.path().join("keyring.json");
    symlink(&elsewhere, &path).unwrap();
    let error = KeyringSource::from_file(&path).await.unwrap_err();
    assert!(matches!(error, KeyringError::File { .. }), "{error:?}");
    // Nor is one made where a link that leads nowhere points.
    fs::remove_file(&elsewhere).unwrap();
    KeyringSource::from_file(&path).await.unwrap_err();
    assert_eq!(files(&folder), ["keyring.json"]);
}

#[tokio::test]
async fn a_file_that_is_no_keyring_is_refused_and_kept() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keyring.json");
    for text in ["", "{", r#"{"current":"1","1":"c2VjcmV0"}"#] {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        let error = KeyringSource::from_file(&path).await.unwrap_err();
        assert!(matches!(error, KeyringError::Format(_)), "{error:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    let nowhere = folder.path().join("missing/keyring.json");
    let error = KeyringSource::from_file(&nowhere).await.unwrap_err();
    assert!(matches!(error, KeyringError::File { .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_version_that_is_missing_is_looked_for_but_not_all_the_time() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keyring.json");
    let source = KeyringSource::from_file(&path).await.unwrap();
    let has = async |text: &str| {
        let version = version(text);
        let keyring = source.with_version(&version).await.unwrap();
        keyring.has_version(&version)
    };
    assert!(has("1").await);

    // The keyring is rotated behind its back, just after it was read.
    let old = fs::read_to_string(&path).unwrap();
    let rotated = old
        .replace(r#""current":"1""#, r#""current":"2""#)
        .replace('}', &format!(r#","2":"{}="}}"#, "A".repeat(43)));
    assert!(!has("2").await);
    fs::write(&path, &rotated).unwrap();
    assert!(!has("2").await, "it was looked for just now");
    tokio::time::advance(Duration::from_secs(6)).await;
    // A version that is there is no reason to read.
    assert!(has("1").await);
    assert_eq!(source.current().await.current(), &version("1"));
    assert!(has("2").await);
    assert_eq!(source.current().await.current(), &version("2"));
    assert!(has("1").await, "what was stored under it stays readable");
    // The next one nobody has looked for yet.
    let once_more = rotated.replace('}', &format!(r#","3":"{}="}}"#, "A".repeat(43)));
    fs::write(&path, once_more).unwrap();
    assert!(has("3").await);

    // One that never was costs a read in five seconds, and no error.
    tokio::time::advance(Duration::from_secs(6)).await;
    fs::write(&path, &old).unwrap();
    assert!(!has("9").await);
    assert_eq!(source.current().await.current(), &version("1"));
    fs::remove_file(&path).unwrap();
    assert!(!has("9").await);
    tokio::time::advance(Duration::from_secs(6)).await;
    assert!(source.with_version(&version("9")).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn what_is_made_anew_is_made_with_a_keyring_that_was_read_in_the_last_minutes() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keyring.json");
    let source = KeyringSource::from_file(&path).await.unwrap();
    let editor = KeyringEditor::of_file(&path);
    editor.rotate().await.unwrap();
    let recent = async || {
        source
            .recent()
            .await
            .map(|keyring| keyring.current().clone())
    };
    tokio::time::advance(Duration::from_secs(299)).await;
    assert_eq!(recent().await.unwrap(), version("1"));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(recent().await.unwrap(), version("2"));

    // While it can't be read, what is held does for half an hour, and then for nothing new any more.
    let text = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    tokio::time::advance(Duration::from_secs(29 * 60)).await;
    assert_eq!(recent().await.unwrap(), version("2"));
    tokio::time::advance(Duration::from_secs(60)).await;
    recent().await.unwrap_err();
    assert!(source.with_version(&version("1")).await.is_ok());
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    assert_eq!(recent().await.unwrap(), version("2"));
}

#[tokio::test]
async fn a_rotation_leaves_one_private_file_whatever_an_earlier_one_left() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keyring.json");
    KeyringSource::from_file(&path).await.unwrap();
    // Killed before the rename: a draft. Killed after the first write: a version that is not current.
    fs::write(folder.path().join("keyring.draft"), "half a keyr").unwrap();
    let editor = KeyringEditor::of_file(&path);
    let added = editor.document().await.unwrap().with_new_version().unwrap();
    fs::write(&path, added.text().as_str()).unwrap();
    let rotated = editor.rotate().await.unwrap();
    assert_eq!((rotated.from, rotated.to), (version("1"), version("2")));
    assert_eq!(mode(&path), 0o600);
    assert_eq!(files(&folder), ["keyring.json"]);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(
        text,
        added.with_current(&version("2")).unwrap().text().as_str()
    );
}
