//! The `name="value"` list of an `Authorization` header: the strict part of RFC 9110 section 11.2 that clients of Hub
//! HMAC and draft-cavage use.

use std::fmt;

use crate::Refusal;
use crate::facts::is_token;

/// One parameter. The value stands between the quotes as it is here: escapes are refused, so there is nothing to undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AuthParam<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a str,
    /// Not so: the value is digits.
    pub(crate) is_quoted: bool,
}

impl<'a> AuthParam<'a> {
    pub(crate) fn quoted(name: &'a str, value: &'a str) -> Self {
        Self {
            name,
            value,
            is_quoted: true,
        }
    }

    pub(crate) fn integer(name: &'a str, value: &'a str) -> Self {
        Self {
            name,
            value,
            is_quoted: false,
        }
    }
}

/// Where a list of parameters stops being one. Quotes nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParamFault {
    Name,
    NotQuoted,
    ForbiddenCharacter,
    Unterminated,
    Separator,
}

impl ParamFault {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Name => {
                "a parameter has no proper name: write name=\"value\", name=\"value\", without white space around \"=\" and without a comma at either end"
            }
            Self::NotQuoted => "a parameter's value is not in double quotes",
            Self::ForbiddenCharacter => {
                "a parameter's value has a backslash, a control character or one outside of ASCII"
            }
            Self::Unterminated => "a parameter's closing quote is missing",
            Self::Separator => "parameters are not separated by exactly one comma",
        }
    }
}

/// Reads a list of parameters from left to right, each byte once.
pub(crate) struct AuthParams<'a> {
    rest: &'a str,
    done: bool,
    takes_integers: bool,
}

impl<'a> AuthParams<'a> {
    pub(crate) fn new(list: &'a str) -> Self {
        Self {
            rest: list,
            done: false,
            takes_integers: false,
        }
    }

    /// A list in which a value may also be digits without quotes.
    pub(crate) fn with_integers(list: &'a str) -> Self {
        Self {
            takes_integers: true,
            ..Self::new(list)
        }
    }

    fn read(&mut self) -> Result<AuthParam<'a>, ParamFault> {
        let (name, rest) = self.rest.split_once('=').ok_or(ParamFault::Name)?;
        if !is_token(name) {
            return Err(ParamFault::Name);
        }
        let (param, rest) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted
                    .find(|character: char| {
                        !matches!(character, ' '..='~') || matches!(character, '"' | '\\')
                    })
                    .ok_or(ParamFault::Unterminated)?;
                let (value, rest) = quoted.split_at(end);
                let rest = rest
                    .strip_prefix('"')
                    .ok_or(ParamFault::ForbiddenCharacter)?;
                (AuthParam::quoted(name, value), rest)
            }
            None if self.takes_integers => {
                let after = rest.trim_start_matches(|character: char| character.is_ascii_digit());
                let (value, rest) = rest.split_at(rest.len() - after.len());
                if value.is_empty() {
                    return Err(ParamFault::NotQuoted);
                }
                (AuthParam::integer(name, value), rest)
            }
            None => return Err(ParamFault::NotQuoted),
        };
        if rest.is_empty() {
            self.done = true;
        } else {
            self.rest = rest
                .trim_start_matches(OWS)
                .strip_prefix(',')
                .ok_or(ParamFault::Separator)?
                .trim_start_matches(OWS);
        }
        Ok(param)
    }
}

/// Optional white space (RFC 9110 section 5.6.3).
const OWS: [char; 2] = [' ', '\t'];

impl<'a> Iterator for AuthParams<'a> {
    type Item = Result<AuthParam<'a>, ParamFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let param = self.read();
        self.done |= param.is_err();
        Some(param)
    }
}

impl fmt::Display for AuthParam<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_quoted {
            write!(f, "{}=\"{}\"", self.name, self.value)
        } else {
            write!(f, "{}={}", self.name, self.value)
        }
    }
}

/// The parameters of these names, each in its name's place and given once at the most. The case of names means nothing.
pub(crate) fn by_name<'a, const N: usize>(
    params: AuthParams<'a>,
    names: [&str; N],
) -> Result<[Option<AuthParam<'a>>; N], Refusal> {
    let mut places = [None; N];
    for param in params {
        let param = param.map_err(|fault| Refusal::malformed(fault.as_str()))?;
        let place = names
            .iter()
            .zip(&mut places)
            .find(|(name, _)| name.eq_ignore_ascii_case(param.name));
        match place {
            Some((_, place @ None)) => *place = Some(param),
            Some((name, Some(_))) => {
                return Err(Refusal::malformed(format!(
                    "the parameter {name} is given twice"
                )));
            }
            None => {
                return Err(Refusal::malformed(format!(
                    "there is a parameter other than {}",
                    names.join(", ")
                )));
            }
        }
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(list: &str) -> Result<Vec<AuthParam<'_>>, ParamFault> {
        AuthParams::new(list).collect()
    }

    #[test]
    fn a_list_is_read_with_any_white_space_around_its_commas() {
        let params = [AuthParam::quoted("a", "1 2"), AuthParam::quoted("B", "")];
        for list in [
            r#"a="1 2",B="""#,
            "a=\"1 2\", B=\"\"",
            "a=\"1 2\" \t ,\t B=\"\"",
        ] {
            assert_eq!(read(list).as_deref(), Ok(params.as_slice()), "{list}");
        }
    }

    #[test]
    fn what_is_almost_a_list_is_none() {
        for (list, fault) in [
            ("", ParamFault::Name),
            ("a", ParamFault::Name),
            (r#"="1""#, ParamFault::Name),
            (r#"a ="1""#, ParamFault::Name),
            (r#"a= "1""#, ParamFault::NotQuoted),
            ("a=1", ParamFault::NotQuoted),
            ("a='1'", ParamFault::NotQuoted),
            (r#"a="1"#, ParamFault::Unterminated),
            (r#"a=""#, ParamFault::Unterminated),
            (r#"a="1",b="#, ParamFault::NotQuoted),
            (r#"a="1","#, ParamFault::Name),
            (r#",a="1""#, ParamFault::Name),
            (r#"a="1",,b="2""#, ParamFault::Name),
            (r#"a="1" b="2""#, ParamFault::Separator),
            (r#"a="1""b="2""#, ParamFault::Separator),
            (r#"a="1";b="2""#, ParamFault::Separator),
            (r#"a="1"x"#, ParamFault::Separator),
            (r#"a="1\"""#, ParamFault::ForbiddenCharacter),
            ("a=\"1\t\"", ParamFault::ForbiddenCharacter),
            ("a=\"1\u{7f}\"", ParamFault::ForbiddenCharacter),
            ("a=\"ä\"", ParamFault::ForbiddenCharacter),
            ("ä=\"1\"", ParamFault::Name),
        ] {
            assert_eq!(read(list), Err(fault), "{list}");
        }
    }

    #[test]
    fn digits_stand_without_quotes_where_they_may() {
        let read = |list| AuthParams::with_integers(list).collect::<Result<Vec<_>, _>>();
        assert_eq!(
            read(r#"a=012 , b="1""#),
            Ok(vec![
                AuthParam::integer("a", "012"),
                AuthParam::quoted("b", "1")
            ])
        );
        for (list, fault) in [
            ("a=", ParamFault::NotQuoted),
            ("a=-1", ParamFault::NotQuoted),
            ("a=x", ParamFault::NotQuoted),
            ("a=1.5", ParamFault::Separator),
            ("a=1x", ParamFault::Separator),
            ("a=1 2", ParamFault::Separator),
            ("a=1,", ParamFault::Name),
            ("a=١", ParamFault::NotQuoted),
        ] {
            assert_eq!(read(list), Err(fault), "{list}");
        }
    }

    #[test]
    fn reading_stops_at_the_first_fault() {
        let mut params = AuthParams::new(r#"a=1,b="2""#);
        assert!(params.next().is_some_and(|param| param.is_err()));
        assert!(params.next().is_none());
    }

    proptest! {
        #[test]
        fn a_printed_list_parses_to_itself(
            params in prop::collection::vec(("[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,12}", "[ !#-\\[\\]-~]{0,40}"), 1..6),
            separator in "[ \t]{0,3},[ \t]{0,3}",
        ) {
            let params: Vec<AuthParam<'_>> =
                params.iter().map(|(name, value)| AuthParam::quoted(name, value)).collect();
            let printed: Vec<String> = params.iter().map(AuthParam::to_string).collect();
            let printed = printed.join(&separator);
            prop_assert_eq!(read(&printed), Ok(params));
        }

        #[test]
        fn no_text_makes_the_parser_panic_or_run_on(text in "(?s).{0,200}", near in r#"[a=",\\ 	]{0,40}"#) {
            prop_assert!(AuthParams::new(&text).count() <= text.len() + 1);
            prop_assert!(AuthParams::new(&near).count() <= near.len() + 1);
        }
    }
}
