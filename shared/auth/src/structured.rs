//! Structured fields (RFC 9651) that hold bytes under names: `Signature` and `Content-Digest`.
//!
//! The parser leaves it to its visitors what becomes of duplicate keys. The RFC lets the last one win; here, where one
//! reader's last is another one's first, they are refused.

use sfv::visitor::{
    DictionaryVisitor, EntryVisitor, InnerListVisitor, ItemVisitor, Never, ParameterVisitor,
};
use sfv::{BareItemFromInput, KeyRef, Parser};

/// Why a structured field is refused. Quotes nothing of it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Fault(pub(crate) &'static str);

/// The most members of a dictionary of bytes: it bounds the work of comparing each name with the others.
const MAX_MEMBERS: usize = 8;

/// The members of a dictionary of byte sequences without parameters, in their order.
pub(crate) fn byte_sequences(text: &str) -> Result<Vec<(&KeyRef, Vec<u8>)>, sfv::Error> {
    Parser::new(text).parse_dictionary_with_visitor(Members(Vec::new()))
}

struct Members<'de>(Vec<(&'de KeyRef, Vec<u8>)>);

impl<'de> DictionaryVisitor<'de> for Members<'de> {
    type Out = Vec<(&'de KeyRef, Vec<u8>)>;
    type Error = Fault;

    fn entry(&mut self, key: &'de KeyRef) -> Result<impl EntryVisitor<'de>, Fault> {
        if self.0.iter().any(|(found, _)| *found == key) {
            return Err(Fault("a name is given twice"));
        }
        if self.0.len() == MAX_MEMBERS {
            return Err(Fault("there are over 8 members"));
        }
        Ok(Member { of: self, key })
    }

    fn finish(self) -> Result<Self::Out, Fault> {
        Ok(self.0)
    }
}

struct Member<'a, 'de> {
    of: &'a mut Members<'de>,
    key: &'de KeyRef,
}

const NOT_BYTES: Fault = Fault("a member is not a byte sequence, which stands between colons");

impl<'de> EntryVisitor<'de> for Member<'_, 'de> {
    type Error = Fault;

    fn item(self) -> Result<impl ItemVisitor<'de>, Fault> {
        Ok(self)
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'de>, Fault> {
        Err::<Never, _>(NOT_BYTES)
    }
}

impl<'de> ItemVisitor<'de> for Member<'_, 'de> {
    type Out = ();
    type Error = Fault;

    fn bare_item(
        self,
        item: BareItemFromInput<'de>,
    ) -> Result<impl ParameterVisitor<'de, Out = ()>, Fault> {
        match item {
            BareItemFromInput::ByteSequence(bytes) => {
                self.of.0.push((self.key, bytes));
                Ok(NoParameters("a member has a parameter"))
            }
            _ => Err(NOT_BYTES),
        }
    }
}

/// Refuses every parameter, with these words.
pub(crate) struct NoParameters(pub(crate) &'static str);

impl<'de> ParameterVisitor<'de> for NoParameters {
    type Out = ();
    type Error = Fault;

    fn parameter(&mut self, _: &'de KeyRef, _: BareItemFromInput<'de>) -> Result<(), Fault> {
        Err(Fault(self.0))
    }

    fn finish(self) -> Result<(), Fault> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn members_are_bytes_under_names_of_their_own() {
        let members = byte_sequences("a=:AQ==:, b=::").unwrap();
        let members: Vec<_> = members
            .iter()
            .map(|(key, bytes)| (key.as_str(), bytes.as_slice()))
            .collect();
        assert_eq!(members, [("a", [1].as_slice()), ("b", &[])]);
        for text in [
            "a=:AQ==:, a=:AQ==:",
            "a=:AQ==:;p",
            "a=(:AQ==:)",
            "a=\"AQ==\"",
            "a=AQ==",
            "a=1",
            "a",
            "A=:AQ==:",
            "a=:AQ==:,",
            ",a=:AQ==:",
            "a=:AQ==: b=:AQ==:",
            "a=:AQ==",
            "a=:A Q=:",
            "a=:A-_=:",
            "a =:AQ==:",
            "a= :AQ==:",
            "é=:AQ==:",
            "a=:AQ==:\u{a0}",
        ] {
            assert!(byte_sequences(text).is_err(), "{text}");
        }
        assert!(byte_sequences(&"a=::,".repeat(9)).is_err());
        let nine: Vec<String> = (0..9).map(|number| format!("a{number}=::")).collect();
        assert!(byte_sequences(&nine.join(",")).is_err());
        assert!(byte_sequences(&nine[1..].join(",")).is_ok());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "(?s).{0,60}", near in "[a=:,;() A\"]{0,30}") {
            let _ = byte_sequences(&text);
            let _ = byte_sequences(&near);
        }
    }
}
