//! Which keys are listed, and in which order.

use std::str::FromStr;

use hubkeys_domain::Scheme;

use crate::views::credential::{Status, StatusError};

/// Which keys to list, and in which order; the default is all of them, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyQuery {
    /// Only those of this scheme.
    pub scheme: Option<Scheme>,
    /// Only those of these statuses.
    pub status: Option<KeyStatuses>,
    /// Only those that this text finds.
    pub search: Option<KeySearch>,
    /// The order.
    pub sort: KeySort,
}

/// Which statuses the keys of a list have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatuses {
    /// This one.
    Only(Status),
    /// All but `revoked`: every key that verifies, or may again.
    Live,
}

impl KeyStatuses {
    /// The statuses as the query names them.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Only(status) => status.as_str(),
            Self::Live => "live",
        }
    }
}

impl From<Status> for KeyStatuses {
    fn from(status: Status) -> Self {
        Self::Only(status)
    }
}

impl FromStr for KeyStatuses {
    type Err = KeyStatusesError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "live" => Ok(Self::Live),
            _ => text.parse().map(Self::Only).map_err(KeyStatusesError),
        }
    }
}

/// The text names neither a status nor several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}; \"live\" is all but the revoked ones")]
pub struct KeyStatusesError(StatusError);

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for KeyStatuses {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let all = [
            Self::Live,
            Self::Only(Status::Active),
            Self::Only(Status::Disabled),
            Self::Only(Status::Revoked),
        ];
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .enum_values(Some(all.map(Self::as_str)))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for KeyStatuses {}

/// A text that finds keys: 1 to 64 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySearch {
    text: String,
    folded: String,
}

/// The text is empty or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a text to search for has 1 to 64 characters")]
pub struct KeySearchError;

impl KeySearch {
    /// The longest text, in Unicode scalar values: that of a name.
    pub const MAX_CHARS: usize = 64;

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it finds a key: the name contains it in whatever case, or the id contains it.
    pub fn finds(&self, name: &str, id: &str) -> bool {
        folded(name).contains(&self.folded) || id.contains(&self.text)
    }
}

impl FromStr for KeySearch {
    type Err = KeySearchError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if (1..=Self::MAX_CHARS).contains(&text.chars().count()) {
            Ok(Self {
                text: text.to_owned(),
                folded: folded(text),
            })
        } else {
            Err(KeySearchError)
        }
    }
}

/// A text without its case. Character by character, so that a part of a text folds to a part of the folded text, which
/// `str::to_lowercase` with its rule for the last letter of a Greek word does not hold to. By way of upper case, where
/// that letter and the one in the middle of a word are the same.
pub(super) fn folded(text: &str) -> String {
    text.chars()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

/// The order of a list. Keys that are equal in it are in the order of their ids, and the descending order is the ascending
/// one reversed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeySort {
    /// Newest first.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
    /// By name from A to Z, whatever the case.
    Name,
    /// By name from Z to A.
    NameDescending,
    /// Those that were never used first, then from the least to the most recently used.
    LeastRecentlyUsed,
    /// From the most to the least recently used, then those that never were.
    MostRecentlyUsed,
}

/// The text names no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an order is created_at, name or last_used_at, with - before it for descending")]
pub struct KeySortError;

impl KeySort {
    /// Every order there is.
    pub const ALL: [Self; 6] = [
        Self::Newest,
        Self::Oldest,
        Self::Name,
        Self::NameDescending,
        Self::LeastRecentlyUsed,
        Self::MostRecentlyUsed,
    ];

    /// The order as the query names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "-created_at",
            Self::Oldest => "created_at",
            Self::Name => "name",
            Self::NameDescending => "-name",
            Self::LeastRecentlyUsed => "last_used_at",
            Self::MostRecentlyUsed => "-last_used_at",
        }
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for KeySort {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .enum_values(Some(Self::ALL.map(Self::as_str)))
            .default(Some(Self::default().as_str().into()))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for KeySort {}

impl FromStr for KeySort {
    type Err = KeySortError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|sort| sort.as_str() == text)
            .ok_or(KeySortError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(search: &str, name: &str) -> bool {
        let search: KeySearch = search.parse().unwrap();
        search.finds(name, "hk_01jd3v9m2x8c5q7w4n6t0r1z2y")
    }

    #[test]
    fn a_search_ignores_the_case_of_names_and_finds_any_part_of_them() {
        for (search, name) in [
            ("BILL", "Monthly billing"),
            ("y b", "Monthly billing"),
            ("MÜNCHEN", "Büro münchen"),
            ("ОТЧЁТ", "Ночной отчёт"),
            // The beginning of a Greek word, whose last letter is another one there.
            ("ΟΔΟΣ", "οδοσα"),
            ("οδος", "ΟΔΟΣ"),
            ("🚀", "To the moon 🚀"),
            ("jd3v9", "no part of the name"),
        ] {
            assert!(finds(search, name), "{search} in {name}");
        }
        for (search, name) in [("billings", "Billing"), ("b.l", "Bill"), ("JD3V9", "x")] {
            assert!(!finds(search, name), "{search} in {name}");
        }
    }

    #[test]
    fn a_search_has_1_to_64_characters() {
        assert_eq!("".parse::<KeySearch>(), Err(KeySearchError));
        assert!("é".repeat(64).parse::<KeySearch>().is_ok());
        assert_eq!("é".repeat(65).parse::<KeySearch>(), Err(KeySearchError));
    }

    #[test]
    fn every_order_reads_as_it_is_written() {
        for sort in KeySort::ALL {
            assert_eq!(sort.as_str().parse(), Ok(sort));
        }
        for text in ["", "-", "--name", "Name", "id", "+name"] {
            assert_eq!(text.parse::<KeySort>(), Err(KeySortError), "{text}");
        }
    }
}
