//! `Signature-Input` and `Signature`, read into what they say.

use std::borrow::Cow;

use hubkeys_domain::Timestamp;
use sfv::visitor::{
    DictionaryVisitor, EntryVisitor, InnerListVisitor, ItemVisitor, Never, ParameterVisitor,
};
use sfv::{BareItemFromInput, DictSerializer, KeyRef, Parser, StringRef};

use crate::freshness::from_seconds;
use crate::lines::MAX_NAMES;
use crate::mac::{Tag, tag_len};
use crate::signature::is_key;
use crate::structured::{Fault, NoParameters, byte_sequences};
use crate::{Algorithm, Refusal};

/// The one signature of a `Signature-Input`, in the order in which it is written.
#[derive(Debug, Default)]
pub(crate) struct Input<'f> {
    label: Option<&'f KeyRef>,
    components: Vec<&'f StringRef>,
    parameters: Vec<(&'f KeyRef, BareItemFromInput<'f>)>,
}

/// Its parameters.
#[derive(Debug)]
pub(crate) struct Parameters<'f> {
    pub(crate) key: &'f str,
    pub(crate) created: Timestamp,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) nonce: Option<Cow<'f, str>>,
}

/// Every parameter there is.
const PARAMETERS: usize = 6;

impl<'f> Input<'f> {
    /// Reads the field, in whatever form.
    pub(crate) fn parse(text: &'f str) -> Result<Self, Refusal> {
        Parser::new(text)
            .parse_dictionary_with_visitor(Self::default())
            .map_err(|fault| Refusal::malformed(format!("Signature-Input can't be read: {fault}")))
    }

    /// The covered components' names.
    pub(crate) fn components(&self) -> impl Iterator<Item = &'f str> {
        self.components.iter().map(|name| name.as_str())
    }

    /// What `text`, which this was parsed from, has after the label: the value of `@signature-params`, for which the text
    /// has to be as RFC 9651 prints it.
    pub(crate) fn canonical<'t>(&self, text: &'t str) -> Result<&'t str, Refusal> {
        let not_canonical = || {
            Refusal::malformed(
                "Signature-Input is not in canonical form: no white space but one space between components",
            )
        };
        let label = self.label.ok_or_else(not_canonical)?;
        let mut printed = DictSerializer::new();
        let mut list = printed.inner_list(label);
        for name in &self.components {
            list.bare_item(*name);
        }
        let mut parameters = list.finish();
        for (name, value) in &self.parameters {
            parameters = parameters.parameter(name, value);
        }
        if printed.finish().as_deref() != Some(text) {
            return Err(not_canonical());
        }
        text.strip_prefix(label.as_str())
            .and_then(|rest| rest.strip_prefix('='))
            .ok_or_else(not_canonical)
    }

    /// The parameters, each of its own type and within its bounds.
    pub(crate) fn parameters(&self) -> Result<Parameters<'f>, Refusal> {
        let mut key = None;
        let mut created = None;
        let mut expires = None;
        let mut nonce = None;
        for (name, value) in &self.parameters {
            match (name.as_str(), value) {
                ("created", value) => created = Some(instant(value)?),
                ("expires", value) => expires = Some(instant(value)?),
                // A text with escapes is an owned one, and no key has any.
                ("keyid", BareItemFromInput::String(Cow::Borrowed(text)))
                    if is_key(text.as_str()) =>
                {
                    key = Some(text.as_str());
                }
                ("keyid", _) => {
                    return Err(Refusal::malformed(
                        "the parameter keyid is not a string of 1 to 128 visible ASCII characters",
                    ));
                }
                ("alg", BareItemFromInput::String(text))
                    if text.as_str() == Algorithm::HmacSha256.as_str() => {}
                ("alg", _) => {
                    return Err(Refusal::malformed(
                        "the parameter alg is not the string \"hmac-sha256\"",
                    ));
                }
                ("nonce", BareItemFromInput::String(text)) if is_bounded(text) => {
                    nonce = Some(match text {
                        Cow::Borrowed(text) => Cow::Borrowed(text.as_str()),
                        Cow::Owned(text) => Cow::Owned(text.as_str().to_owned()),
                    });
                }
                ("tag", BareItemFromInput::String(text)) if is_bounded(text) => {}
                ("nonce" | "tag", _) => {
                    return Err(Refusal::malformed(
                        "the parameter nonce or tag is not a string of 1 to 256 characters",
                    ));
                }
                _ => {
                    return Err(Refusal::malformed(
                        "there is a parameter other than created, expires, keyid, alg, nonce, tag",
                    ));
                }
            }
        }
        match (key, created) {
            (Some(key), Some(created)) => Ok(Parameters {
                key,
                created,
                expires,
                nonce,
            }),
            _ => Err(Refusal::malformed(
                "the parameters created and keyid are not both given",
            )),
        }
    }

    /// The signature of this input in the field `Signature`, which holds no other.
    pub(crate) fn signature(&self, text: &str) -> Result<Tag, Refusal> {
        let members = byte_sequences(text)
            .map_err(|fault| Refusal::malformed(format!("Signature can't be read: {fault}")))?;
        let [(label, bytes)] = members.as_slice() else {
            return Err(Refusal::malformed("Signature is not of one signature"));
        };
        if Some(*label) != self.label {
            return Err(Refusal::malformed(
                "Signature and Signature-Input are not of the same label",
            ));
        }
        let mut printed = DictSerializer::new();
        printed.bare_item(label, bytes.as_slice());
        if bytes.len() != tag_len(Algorithm::HmacSha256)
            || printed.finish().as_deref() != Some(text)
        {
            return Err(Refusal::malformed(
                "the signature is not the padded standard base64 of the 32 bytes that hmac-sha256 gives, between colons",
            ));
        }
        Ok(Tag::from_slice(bytes))
    }
}

fn instant(value: &BareItemFromInput<'_>) -> Result<Timestamp, Refusal> {
    match value {
        BareItemFromInput::Integer(seconds) => from_seconds(i64::from(*seconds)),
        _ => None,
    }
    .ok_or_else(|| {
        Refusal::malformed("the parameter created or expires is not whole seconds since 1970")
    })
}

fn is_bounded(text: &StringRef) -> bool {
    (1..=256).contains(&text.as_str().len())
}

impl<'f> DictionaryVisitor<'f> for Input<'f> {
    type Out = Self;
    type Error = Fault;

    fn entry(&mut self, label: &'f KeyRef) -> Result<impl EntryVisitor<'f>, Fault> {
        match self.label.replace(label) {
            None => Ok(Signature(self)),
            Some(_) => Err(Fault("there is more than one signature")),
        }
    }

    fn finish(self) -> Result<Self, Fault> {
        match self.label {
            Some(_) => Ok(self),
            None => Err(Fault("there is no signature")),
        }
    }
}

struct Signature<'a, 'f>(&'a mut Input<'f>);

impl<'f> EntryVisitor<'f> for Signature<'_, 'f> {
    type Error = Fault;

    fn item(self) -> Result<impl ItemVisitor<'f>, Fault> {
        Err::<Never, _>(Fault("a signature is not a list of components in brackets"))
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'f>, Fault> {
        Ok(self)
    }
}

impl<'f> InnerListVisitor<'f> for Signature<'_, 'f> {
    type Error = Fault;

    fn item(&mut self) -> Result<impl ItemVisitor<'f>, Fault> {
        if self.0.components.len() == MAX_NAMES {
            return Err(Fault("there are over 32 components"));
        }
        Ok(Component(self.0))
    }

    fn finish(self) -> Result<impl ParameterVisitor<'f>, Fault> {
        Ok(self)
    }
}

struct Component<'a, 'f>(&'a mut Input<'f>);

impl<'f> ItemVisitor<'f> for Component<'_, 'f> {
    type Out = ();
    type Error = Fault;

    fn bare_item(
        self,
        item: BareItemFromInput<'f>,
    ) -> Result<impl ParameterVisitor<'f, Out = ()>, Fault> {
        let BareItemFromInput::String(Cow::Borrowed(name)) = item else {
            return Err(Fault("a component is not a string without escapes"));
        };
        if self.0.components.contains(&name) {
            return Err(Fault("a component is named twice"));
        }
        self.0.components.push(name);
        Ok(NoParameters(
            "a component has a parameter, and none is supported",
        ))
    }
}

impl<'f> ParameterVisitor<'f> for Signature<'_, 'f> {
    type Out = ();
    type Error = Fault;

    fn parameter(&mut self, name: &'f KeyRef, value: BareItemFromInput<'f>) -> Result<(), Fault> {
        if self.0.parameters.iter().any(|(found, _)| *found == name) {
            return Err(Fault("a parameter is given twice"));
        }
        if self.0.parameters.len() == PARAMETERS {
            return Err(Fault("there are more parameters than are known"));
        }
        self.0.parameters.push((name, value));
        Ok(())
    }

    fn finish(self) -> Result<(), Fault> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_canonical_prints_as_it_was_read(
            label in "[a-z*][a-z0-9_.*-]{0,8}",
            names in prop::collection::hash_set("[@a-z-]{1,9}", 0..6),
            created in 0..2_000_000_000_i64,
            nonce in "[ -~]{1,20}",
        ) {
            let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
            let nonce = nonce.replace('\\', "\\\\").replace('"', "\\\"");
            let params = format!("({});created={created};keyid=\"k\";nonce=\"{nonce}\"", names.join(" "));
            let text = format!("{label}={params}");
            let input = Input::parse(&text).unwrap();
            prop_assert_eq!(input.canonical(&text).unwrap(), params);
            let spaced = text.replace(";created", "; created");
            prop_assert!(Input::parse(&spaced).unwrap().canonical(&spaced).is_err());
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "(?s).{0,60}", near in r#"[a=(")@;1:,\\ ]{0,40}"#) {
            for text in [text, near] {
                if let Ok(input) = Input::parse(&text) {
                    let _ = input.canonical(&text);
                    let _ = input.parameters();
                    let _ = input.signature(&text);
                }
            }
        }
    }
}
