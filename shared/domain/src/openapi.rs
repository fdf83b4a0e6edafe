//! The forms of texts, for the API's document. Types with members derive theirs.

use std::borrow::Cow;

use utoipa::openapi::schema::{KnownFormat, SchemaFormat, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::{AccountId, KeyId, KeyName, RevocationReason, Timestamp, UserId};

/// What [`crate::text`] takes, but for white space at the ends, which it trims: at least one character that is seen.
const TYPED_TEXT: &str = r"^[^\u0000-\u001F\u007F-\u009F\u00AD\u061C\u115F\u1160\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\u2800\u3164\uFEFF\uFFA0\uFFF9-\uFFFB]*[^\s\u0000-\u001F\u007F-\u009F\u00AD\u061C\u115F\u1160\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\u2800\u3164\uFEFF\uFFA0\uFFF9-\uFFFB][^\u0000-\u001F\u007F-\u009F\u00AD\u061C\u115F\u1160\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\u2800\u3164\uFEFF\uFFA0\uFFF9-\uFFFB]*$";

struct Text {
    description: &'static str,
    example: &'static str,
    pattern: &'static str,
    /// The fewest and the most characters, where the pattern does not say.
    length: Option<(usize, usize)>,
}

impl Text {
    fn schema(self) -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(self.description))
            .examples([self.example])
            .pattern(Some(self.pattern));
        match self.length {
            Some((fewest, most)) => object.min_length(Some(fewest)).max_length(Some(most)),
            None => object,
        }
        .into()
    }
}

macro_rules! documented {
    ($($type:ident = $text:expr;)*) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                $text.schema()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($type))
            }
        }
    )*};
}

documented! {
    KeyId = Text {
        description: "A key's public identifier: `hk_` and 26 characters. Sorts by the instant of its creation. Safe to log. The user name of HTTP Basic.",
        example: "hk_01jd3v9m2x8c5q7w4n6t0r1z2y",
        pattern: "^hk_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        length: None,
    };
    KeyName = Text {
        description: "A key's name as an administrator reads it: 1 to 64 Unicode characters, trimmed, without control or invisible characters. Need not be unique, and is never a secret.",
        example: "Nightly export",
        pattern: TYPED_TEXT,
        length: Some((1, KeyName::MAX_CHARS)),
    };
    RevocationReason = Text {
        description: "Why a key was revoked, in the administrator's words: 1 to 256 Unicode characters, trimmed, without control or invisible characters.",
        example: "left in a repository",
        pattern: TYPED_TEXT,
        length: Some((1, RevocationReason::MAX_CHARS)),
    };
    AccountId = Text {
        description: "The platform's identifier of an account.",
        example: "acme",
        pattern: "^[A-Za-z0-9._-]{1,64}$",
        length: None,
    };
    UserId = Text {
        description: "The sign-in service's identifier of a person: 1 to 128 visible ASCII characters.",
        example: "admin@acme",
        pattern: "^[!-~]{1,128}$",
        length: None,
    };
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("An instant in UTC, with milliseconds."))
            .examples(["2026-11-23T13:57:04.152Z"])
            .pattern(Some(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"))
            .into()
    }
}

impl ToSchema for Timestamp {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Timestamp")
    }
}
