//! Which file a path leads to, and which paths lead nowhere.

use super::*;
use crate::testing::Folder;

fn built() -> (Folder, Pages) {
    let folder = Folder::new();
    let write = |name: &str| {
        let file = folder.path().join("dist").join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, name).unwrap();
    };
    for name in [HUB, PORTAL, REFERENCE, "assets/a b.js", ".env", "v1/keys"] {
        write(name);
    }
    fs::write(folder.path().join("outside"), "outside").unwrap();
    let pages = Pages::new(&folder.path().join("dist")).unwrap();
    (folder, pages)
}

fn content(pages: &Pages, path: &str) -> Option<String> {
    pages
        .file(path)
        .map(|file| fs::read_to_string(file).unwrap())
}

#[test]
fn a_path_is_a_file_or_shown_by_one_of_three_pages() {
    let (_folder, pages) = built();
    for (path, file) in [
        ("/", HUB),
        ("/index.html", HUB),
        ("/settings", HUB),
        ("/settings/api-settings/keys/hk_1", HUB),
        ("/sign-in/callback", HUB),
        ("/signed-out", HUB),
        ("/docs", PORTAL),
        ("/docs/guides/basic", PORTAL),
        ("/docs/reference", REFERENCE),
        ("/assets/a%20b.js", "assets/a b.js"),
    ] {
        assert_eq!(content(&pages, path).as_deref(), Some(file), "{path}");
    }
    for path in [
        "/settingsx",
        "/signed-out/x",
        "/docs/other",
        "/docs/reference/x",
        "/assets",
        "/assets/missing.js",
        "/favicon.ico",
        "/v2",
    ] {
        assert_eq!(content(&pages, path), None, "{path}");
    }
}

#[test]
fn nothing_outside_of_the_folder_or_hidden_in_it_is_reached() {
    let (folder, pages) = built();
    let dist = folder.path().join("dist");
    std::os::unix::fs::symlink("../outside", dist.join("link")).unwrap();
    std::os::unix::fs::symlink("..", dist.join("parent")).unwrap();
    std::os::unix::fs::symlink("index.html", dist.join("within")).unwrap();
    assert_eq!(content(&pages, "/within").as_deref(), Some(HUB));
    for path in [
        "",
        "*",
        "/..",
        "/../outside",
        "/%2e%2e/outside",
        "/..%2foutside",
        "/assets/../../outside",
        "/assets/%2e%2e/%2e%2e/outside",
        "/assets/..%5c..%5coutside",
        "//outside",
        "/assets//a%20b.js",
        "/./index.html",
        "/index.html/",
        "/.env",
        "/%2eenv",
        "/link",
        "/parent/outside",
        "/index.html%00.js",
        "/%ff",
        "/C:/outside",
    ] {
        assert_eq!(content(&pages, path), None, "{path}");
    }
}

#[test]
fn a_folder_that_is_not_there_has_no_pages() {
    let pages = Pages::new("no such folder".as_ref()).unwrap();
    assert!(!pages.are_built());
    assert_eq!(pages.file("/"), None);
}
