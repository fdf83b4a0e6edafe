//! The data of a stack that does not run, for the operators' command line.

use std::path::{Path, PathBuf};

use hubkeys_store::Database;

use crate::StartError;
use crate::data_folder::DataFolder;
use crate::database::{self, EmbeddedDatabase};
use crate::stack::{KEYRING, ServeError, tables};
use crate::template::Template;

/// Its commands walk over all rows, and have the machine to themselves.
const READERS: usize = 2;

/// The data of a stopped stack, locked: no stack starts on it for as long as this lives.
#[derive(Debug)]
pub struct StoppedStack {
    tables: Database,
    database: EmbeddedDatabase,
    // Last, so that it is unlocked when everything else is closed.
    folder: DataFolder,
}

impl StoppedStack {
    /// Opens the data folder of a stack. A Tokio runtime with time must run.
    ///
    /// # Errors
    /// [`StartError`]: the stack runs, or there was never one. Nothing is made then.
    pub async fn open(data: &Path) -> Result<Self, StartError> {
        // A mistyped folder must not become an empty stack, in which every command finds all well.
        for name in [KEYRING, database::FILE] {
            let path = data.join(name);
            if !path.exists() {
                return Err(StartError::Folder {
                    path,
                    reason: "it is missing: name the --data folder that a stack was started with"
                        .to_owned(),
                });
            }
        }
        let template =
            Template::embedded().map_err(|error| StartError::Template(error.to_string()))?;
        let folder = DataFolder::open(data)?;
        folder.refuse_unsafe(KEYRING)?;
        let database = EmbeddedDatabase::start(&folder, &template.tables, READERS).await?;
        let tables = match tables(&database, &template.tables) {
            Ok(tables) => tables,
            Err(error) => {
                // Why it can't be used is worth more to say than why it did not close, too.
                let _ = database.stop().await;
                return Err(error);
            }
        };
        Ok(Self {
            tables,
            database,
            folder,
        })
    }

    /// The tables.
    pub fn database(&self) -> Database {
        self.tables.clone()
    }

    /// The file of the keyring.
    pub fn keyring_file(&self) -> PathBuf {
        self.folder.file(KEYRING)
    }

    /// Closes the database and unlocks the folder.
    ///
    /// # Errors
    /// The database did not close as it should. What was acknowledged is on disk all the same.
    pub async fn close(self) -> Result<(), ServeError> {
        self.database.stop().await.map_err(ServeError)
    }
}
