//! The list of an account's keys, in any order, page by page.
//!
//! By creation the rows stand in the table as they are listed. In every other order all of the account's rows are read,
//! and no more of them are held than one read gives and the page takes.

mod query;
mod rank;
mod rows;

pub use query::{KeyQuery, KeySearch, KeySearchError, KeySort, KeySortError, KeyStatuses};

use std::collections::{BTreeSet, HashMap};

use hubkeys_domain::{AccountId, AuthorizedAdministrator, NotAllowed, Principal, Timestamp};

use crate::stored_event::Item;
use crate::views::key_list::{KeySummary, KeyView, id_of, partition};
use crate::views::standing::AccountStanding;
use crate::views::{from_row, standing};
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
        let wanted = with_one_more(limit);
        let by_rank = |sorted_by, descending| {
            self.by_rank(account, query, sorted_by, descending, wanted, after)
        };
        let rows = match query.sort {
            KeySort::Newest => self.by_creation(account, query, false, wanted, after).await,
            KeySort::Oldest => self.by_creation(account, query, true, wanted, after).await,
            KeySort::Name => by_rank(SortedBy::Name, false).await,
            KeySort::NameDescending => by_rank(SortedBy::Name, true).await,
            KeySort::LeastRecentlyUsed => by_rank(SortedBy::LastUse, false).await,
            KeySort::MostRecentlyUsed => by_rank(SortedBy::LastUse, true).await,
        }?;
        self.page(account, rows, limit).await
    }

    /// The first page of what [`Store::keys`] gives, newest first, if the account stands so that the principal may see it: one
    /// consistent read gives both, so it costs a unit less than to ask for the standing first. If the account's standing forbids it, keys
    /// were read for nothing: up to 250 if the query filters them, and 1,000 if it searches.
    ///
    /// # Errors
    /// [`StoreError`]; the inner error, if the principal may not see it.
    pub async fn newest_keys(
        &self,
        principal: Principal,
        query: &KeyQuery,
        limit: usize,
    ) -> Result<Result<(AuthorizedAdministrator, KeyPage), NotAllowed>, StoreError> {
        // For whoever may not see it however the account stands, nothing is read.
        if let Err(not_allowed) = principal.require_administrator() {
            return Ok(Err(not_allowed));
        }
        let account = principal.account.clone();
        let wanted = with_one_more(limit);
        let mut rows = Rows::from_standing(self, partition(account.as_str()), query, wanted);
        let first = rows.next().await?.unwrap_or_default();
        let standing = match rows.take_standing() {
            Some(row) => from_row(&standing::key(account.as_str()), row)?,
            None => AccountStanding::default(),
        };
        let by = match principal.administer_keys(standing.standing) {
            Ok(by) => by,
            Err(not_allowed) => return Ok(Err(not_allowed)),
        };
        let found = filled(rows, first, wanted).await?;
        let page = self.page(&account, found, limit).await?;
        Ok(Ok((by, page)))
    }

    /// The page of these rows, which are one more than it takes if the list goes on.
    async fn page(
        &self,
        account: &AccountId,
        mut rows: Vec<(String, Item)>,
        limit: usize,
    ) -> Result<KeyPage, StoreError> {
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
        let rows = Rows::new(self, pk, query).towards(forward, after, wanted);
        filled(rows, Vec::new(), wanted).await
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
                let id = rows.id(&row)?.to_owned();
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
            let summary = KeySummary::of_row(row)?;
            let last_used_at = used.get(summary.id.as_str()).copied();
            keys.push(KeyView {
                summary,
                last_used_at,
            });
        }
        Ok(keys)
    }
}

/// One more than asked for tells whether the list goes on.
fn with_one_more(limit: usize) -> usize {
    limit.saturating_add(1)
}

/// These rows and those after them, with their positions, until so many are found.
async fn filled(
    mut rows: Rows<'_>,
    first: Vec<Item>,
    wanted: usize,
) -> Result<Vec<(String, Item)>, StoreError> {
    let mut found = first;
    while found.len() < wanted
        && let Some(page) = rows.next().await?
    {
        found.extend(page);
    }
    found.truncate(wanted);
    let placed = |row: Item| Ok((rows.member(&row, "sk")?.to_owned(), row));
    found.into_iter().map(placed).collect()
}

fn ids(rows: &[Item]) -> BTreeSet<&str> {
    rows.iter().filter_map(id_of).collect()
}
