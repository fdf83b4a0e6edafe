//! The list of an account's keys, in any order, page by page.
//!
//! By creation the rows stand in the table as they are listed. In every other order all of the account's rows are read,
//! and no more of them are held than one read gives and the page takes.

mod query;
mod rank;
mod rows;

pub use query::{KeyQuery, KeySearch, KeySearchError, KeySort, KeySortError, KeyStatuses};

use std::collections::{BTreeSet, HashMap};

use hubkeys_domain::{AccountId, AuthorizedAdministrator, Timestamp};

use crate::stored_event::Item;
use crate::views::key_list::{KeySummary, KeyView, partition};
use crate::views::{from_row, text};
use crate::{Store, StoreError};
use query::folded;
use rank::{First, Rank};
use rows::Rows;

/// A part of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyPage {
    /// The keys, as many as asked for at the most.
    pub keys: Vec<KeyView>,
    /// Where the list goes on: the position to pass as `after`. `None`: this was the end.
    pub next: Option<String>,
}

/// What a list is sorted by, where the table does not stand in that order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SortedBy {
    Name,
    LastUse,
}

impl Store {
    /// The administrator's keys from position `after` on, which must be of the same query: consistent reads, but for when
    /// keys were last used.
    ///
    /// A page tells how things stand while it is read. A key that is renamed or used between two pages may be on both or on
    /// neither, if the list is sorted by that.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keys(
        &self,
        by: &AuthorizedAdministrator,
        query: &KeyQuery,
        limit: usize,
        after: Option<&str>,
    ) -> Result<KeyPage, StoreError> {
        let account = by.account();
        // One more than asked for tells whether the list goes on.
        let wanted = limit.saturating_add(1);
        let by_rank = |sorted_by, descending| {
            self.by_rank(account, query, sorted_by, descending, wanted, after)
        };
        let mut rows = match query.sort {
            KeySort::Newest => self.by_creation(account, query, false, wanted, after).await,
            KeySort::Oldest => self.by_creation(account, query, true, wanted, after).await,
            KeySort::Name => by_rank(SortedBy::Name, false).await,
            KeySort::NameDescending => by_rank(SortedBy::Name, true).await,
            KeySort::LeastRecentlyUsed => by_rank(SortedBy::LastUse, false).await,
            KeySort::MostRecentlyUsed => by_rank(SortedBy::LastUse, true).await,
        }?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|(next, _)| next.clone());
        let keys = rows.into_iter().map(|(_, row)| row).collect();
        let keys = self.seen(account, keys).await?;
        Ok(KeyPage { keys, next })
    }

    /// The first `wanted` rows with their positions, as they stand in the table.
    async fn by_creation(
        &self,
        account: &AccountId,
        query: &KeyQuery,
        forward: bool,
        wanted: usize,
        after: Option<&str>,
    ) -> Result<Vec<(String, Item)>, StoreError> {
        let pk = partition(account.as_str());
        let mut rows = Rows::new(self, pk, query).towards(forward, after, wanted);
        let mut found = Vec::new();
        while found.len() < wanted
            && let Some(page) = rows.next().await?
        {
            for row in page {
                found.push((rows.member(&row, "sk")?.to_owned(), row));
            }
        }
        found.truncate(wanted);
        Ok(found)
    }

    /// The first `wanted` rows with their positions, of all that there are.
    async fn by_rank(
        &self,
        account: &AccountId,
        query: &KeyQuery,
        sorted_by: SortedBy,
        descending: bool,
        wanted: usize,
        after: Option<&str>,
    ) -> Result<Vec<(String, Item)>, StoreError> {
        let after = after.map(Rank::at).transpose()?;
        let mut first = First::new(wanted, descending, after);
        let mut rows = Rows::new(self, partition(account.as_str()), query);
        while let Some(page) = rows.next().await? {
            let used = match sorted_by {
                SortedBy::Name => HashMap::new(),
                SortedBy::LastUse => self.last_used_of(account, &ids(&page)).await?,
            };
            for row in page {
                let id = rows.member(&row, "id")?.to_owned();
                let value = match sorted_by {
                    SortedBy::Name => folded(rows.member(&row, "name")?),
                    // The text of an instant sorts as it does, and the empty one is before all.
                    SortedBy::LastUse => {
                        used.get(&id).map(Timestamp::to_string).unwrap_or_default()
                    }
                };
                first.offer(Rank { value, id }, row);
            }
        }
        let found = first.in_order();
        Ok(found.map(|(rank, row)| (rank.position(), row)).collect())
    }

    /// Rows of the list as an administrator sees them.
    async fn seen(&self, account: &AccountId, rows: Vec<Item>) -> Result<Vec<KeyView>, StoreError> {
        let used = self.last_used_of(account, &ids(&rows)).await?;
        let mut keys = Vec::with_capacity(rows.len());
        for row in rows {
            let sk = text(&row, "sk").unwrap_or_default().to_owned();
            let summary: KeySummary = from_row(&(partition(account.as_str()), sk), row)?;
            let last_used_at = used.get(summary.id.as_str()).copied();
            keys.push(KeyView {
                summary,
                last_used_at,
            });
        }
        Ok(keys)
    }
}

fn ids(rows: &[Item]) -> BTreeSet<&str> {
    rows.iter().filter_map(|row| text(row, "id")).collect()
}
