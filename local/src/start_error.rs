//! Why the stack did not start.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the stack did not start: one line that says what to do next.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Another process listens there.
    #[error("port {} is in use: stop what listens there or choose another with --port", .0.port())]
    PortInUse(SocketAddr),
    /// The port can't be listened on for another reason, such as a port below 1024.
    #[error("can't listen on {address}: {reason}")]
    Port {
        /// Where.
        address: SocketAddr,
        /// The operating system's word.
        reason: std::io::Error,
    },
    /// Another process holds the data folder's lock.
    #[error(
        "the data folder {0:?} is in use by another process: stop it or choose another with --data"
    )]
    FolderInUse(PathBuf),
    /// The folder, or a file in it, can't be made, read or written.
    #[error("can't use {path:?} in the data folder: {reason}")]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Others could have read, written or planted the folder or a file in it.
    #[error("{path:?} is not safe to use: {reason}")]
    Unsafe {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        reason: &'static str,
    },
    /// `infra/template.yaml` asks for something that does not run locally.
    #[error("infra/template.yaml: {0}")]
    Template(String),
    /// `infra/pages-headers.json` is not as it should be.
    #[error("infra/pages-headers.json: {0}")]
    PagesHeaders(String),
    /// The folder that was named for the Hub has none in it.
    #[error("there is no index.html in {0:?}: build the Hub with script/hub, or leave --hub out")]
    Hub(PathBuf),
    /// The embedded database did not open, or not the tables in it.
    #[error("the embedded database: {0}")]
    Database(String),
}
