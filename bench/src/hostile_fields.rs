//! Header fields that try to take a parser's time: each of a given size, in bytes of its value.

use hubkeys_domain::Timestamp;

use crate::Result;

/// The header fields of a request, beside `Host`.
pub(crate) type Fields = Vec<(String, String)>;

/// A way of being hostile.
pub(crate) struct Kind {
    pub(crate) dialect: &'static str,
    pub(crate) name: &'static str,
    /// The fields, one of them of this size.
    pub(crate) fields: Box<dyn Fn(usize) -> Fields>,
}

/// What a well-formed request says.
#[derive(Clone)]
struct Said {
    key: String,
    date: String,
    created: String,
}

/// A dialect that writes a list of parameters.
#[derive(Clone, Copy)]
struct List {
    dialect: &'static str,
    field: &'static str,
    scheme: &'static str,
    key: &'static str,
    request: &'static str,
}

const LISTS: [List; 3] = [
    List {
        dialect: "Hub HMAC",
        field: "Authorization",
        scheme: "hmac ",
        key: "username",
        request: "request-line",
    },
    List {
        dialect: "cavage-12",
        field: "Authorization",
        scheme: "Signature ",
        key: "keyId",
        request: "(request-target)",
    },
    List {
        dialect: "cavage-12, own field",
        field: "Signature",
        scheme: "",
        key: "keyId",
        request: "(request-target)",
    },
];

/// Every kind in every dialect.
pub(crate) fn kinds(key: &str, now: Timestamp) -> Result<Vec<Kind>> {
    let seconds = now.as_seconds();
    let date = jiff::Timestamp::from_second(seconds)?.strftime("%a, %d %b %Y %H:%M:%S GMT");
    let said = Said {
        key: key.to_owned(),
        date: date.to_string(),
        created: seconds.to_string(),
    };
    let mut kinds = basic();
    for list in LISTS {
        kinds.extend(list.kinds(&said));
    }
    kinds.extend(rfc9421(&said));
    Ok(kinds)
}

fn basic() -> Vec<Kind> {
    let kind = |name, credentials: fn(usize) -> String| Kind {
        dialect: "Basic",
        name,
        fields: Box::new(move |size| {
            let credentials = credentials(size.saturating_sub("Basic ".len()));
            vec![field("Authorization", format!("Basic {credentials}"))]
        }),
    };
    vec![
        // "k:" and then "AAA" without end.
        kind("a long secret", |size| {
            format!("azpB{}", repeated("QUFB", size / 4 * 4 - 4))
        }),
        kind("long base64 without a colon", |size| {
            repeated("QUFB", size / 4 * 4)
        }),
        kind("colons only", |size| repeated("Ojo6", size / 4 * 4)),
        kind("padding only", |size| repeated("=", size)),
        kind("spaces before the end", |size| {
            format!("{}=", repeated(" ", size - 1))
        }),
        kind("commas and quotes", |size| repeated(",\"", size)),
    ]
}

impl List {
    fn kinds(self, said: &Said) -> Vec<Kind> {
        let kind = |name, value: fn(List, &Said, usize) -> Fields| {
            let said = said.clone();
            Kind {
                dialect: self.dialect,
                name,
                fields: Box::new(move |size| value(self, &said, size)),
            }
        };
        vec![
            kind("many parameters", |list, _, size| {
                list.filled(size, numbered("p", "=\"\",", size))
            }),
            kind("one parameter again and again", |list, _, size| {
                list.filled(size, repeated("algorithm=\"hmac-sha256\",", size))
            }),
            kind("quotes only", |list, _, size| {
                list.filled(size, format!("{}={}", list.key, repeated("\"", size)))
            }),
            kind("escaped quotes", |list, _, size| {
                list.filled(size, format!("{}=\"{}", list.key, repeated("\\\"", size)))
            }),
            kind("commas only", |list, _, size| {
                list.filled(size, repeated(",", size))
            }),
            kind("a quote never closed", |list, _, size| {
                list.filled(size, format!("{}=\"{}", list.key, repeated("a", size)))
            }),
            kind("one name without an end", |list, _, size| {
                list.filled(size, repeated("a", size))
            }),
            kind("spaces only", |list, _, size| {
                list.filled(size, repeated(" ", size))
            }),
            kind("a long key", |list, said, size| {
                let long = repeated("k", list.room(said, "", size));
                list.request(said, &long, "", SHORT)
            }),
            kind("a long signature", |list, said, size| {
                let long = repeated("A", list.room(said, "", size) / 4 * 4);
                list.request(said, &said.key, "", &long)
            }),
            kind("many names", |list, said, size| {
                let names = numbered(" n", "", list.room(said, "", size));
                list.request(said, &said.key, &names, SHORT)
            }),
            kind("one name again and again", |list, said, size| {
                let names = repeated(" date", list.room(said, "", size));
                list.request(said, &said.key, &names, SHORT)
            }),
            kind("up to 32 names, each a field", |list, said, size| {
                let names = thirty(list.room(said, "", size));
                let mut fields =
                    list.request(said, &said.key, &format!(" {}", names.join(" ")), SHORT);
                fields.extend(names.into_iter().map(|name| (name, "v".to_owned())));
                fields
            }),
            kind("the same among 128 fields", |list, said, size| {
                let names = thirty(list.room(said, "", size));
                let mut fields =
                    list.request(said, &said.key, &format!(" {}", names.join(" ")), SHORT);
                fields.splice(0..0, others(&names, 124 - names.len()));
                fields.extend(names.into_iter().map(|name| (name, "v".to_owned())));
                fields
            }),
            kind("a long signed field", |list, said, size| {
                let mut fields = list.request(said, &said.key, " accept", SHORT);
                fields.push(field("Accept", repeated("a", size)));
                fields
            }),
            kind("a long signed digest", |list, said, size| {
                let mut fields = list.request(said, &said.key, " digest", SHORT);
                fields.push(field(
                    "Digest",
                    format!("SHA-256={}", repeated("A", size / 4 * 4 - 8)),
                ));
                fields
            }),
            kind("many signed digests", |list, said, size| {
                let mut fields = list.request(said, &said.key, " digest", SHORT);
                let digests = format!("SHA=a{}", numbered(",d", "=a", size - 5));
                fields.push(field("Digest", digests));
                fields
            }),
        ]
    }

    /// The field with these parameters, cut to its size.
    fn filled(self, size: usize, parameters: String) -> Fields {
        let value = format!("{}{parameters}", self.scheme);
        vec![field(self.field, repeated(&value, size))]
    }

    /// A request in proper form.
    fn request(self, said: &Said, key: &str, names: &str, signature: &str) -> Fields {
        let value = format!(
            "{}{}=\"{key}\",algorithm=\"hmac-sha256\",headers=\"date {}{names}\",signature=\"{signature}\"",
            self.scheme, self.key, self.request
        );
        vec![field("Date", said.date.clone()), field(self.field, value)]
    }

    /// How much of a field of this size is left for names.
    fn room(self, said: &Said, names: &str, size: usize) -> usize {
        let taken = self.request(said, &said.key, names, SHORT);
        let taken = taken.iter().map(|(_, value)| value.len()).max();
        size.saturating_sub(taken.unwrap_or(0)).max(8)
    }
}

fn rfc9421(said: &Said) -> Vec<Kind> {
    let kind = |name, fields: fn(&Said, usize) -> Fields| {
        let said = said.clone();
        Kind {
            dialect: "RFC 9421",
            name,
            fields: Box::new(move |size| fields(&said, size)),
        }
    };
    vec![
        kind("many labels", |_, size| inputs(numbered("l", "=(),", size))),
        kind("many members of other types", |_, size| {
            inputs(numbered("m", "=1,", size))
        }),
        kind("many parameters", |said, size| {
            input(said, "", &numbered(";p", "", room(said, size)))
        }),
        kind("one parameter again and again", |said, size| {
            input(said, "", &repeated(";tag=\"a\"", room(said, size) / 8 * 8))
        }),
        kind("many components", |said, size| {
            input(said, &numbered(" \"n", "\"", room(said, size)), "")
        }),
        kind("one component again and again", |said, size| {
            input(said, &repeated(" \"date\"", room(said, size) / 7 * 7), "")
        }),
        kind("many parameters of a component", |said, size| {
            let parameters = numbered(";p", "", room(said, size).saturating_sub(7));
            input(said, &format!(" \"date\"{parameters}"), "")
        }),
        kind("inner lists in inner lists", |_, size| {
            inputs(format!("sig1={}", repeated("(", size - 5)))
        }),
        kind("escaped quotes", |said, size| {
            let quotes = repeated("\\\"", room(said, size).saturating_sub(9) / 2 * 2);
            input(said, "", &format!(";nonce=\"{quotes}\""))
        }),
        kind("a quote never closed", |_, size| {
            inputs(format!("sig1=(\"{}", repeated("a", size - 7)))
        }),
        kind("commas only", |_, size| inputs(repeated(",", size))),
        kind("spaces only", |_, size| {
            inputs(format!("sig1=({}", repeated(" ", size - 6)))
        }),
        kind("a long number", |_, size| {
            inputs(format!("sig1=();created={}", repeated("1", size - 16)))
        }),
        kind("a long key", |said, size| {
            let key = repeated("k", room(said, size) + said.key.len());
            let said = Said {
                key,
                ..said.clone()
            };
            input(&said, "", "")
        }),
        kind("a long signature", |said, size| {
            signed(
                said,
                format!("sig1=:{}:", repeated("A", (size - 7) / 4 * 4)),
            )
        }),
        kind("many signatures", |said, size| {
            signed(said, numbered("s", "=::,", size))
        }),
        kind("many parameters of a signature", |said, size| {
            signed(
                said,
                format!("sig1=:AA==:{}", numbered(";p", "", size - 11)),
            )
        }),
        kind("up to 32 components, each a field", |said, size| {
            let names = thirty(room(said, size) * 2 / 3);
            let mut fields = input(said, &quoted(&names), "");
            fields.extend(names.into_iter().map(|name| (name, "v".to_owned())));
            fields
        }),
        kind("the same among 128 fields", |said, size| {
            let names = thirty(room(said, size).saturating_sub(96).max(12));
            let mut fields = input(said, &quoted(&names), "");
            fields.splice(0..0, others(&names, 124 - names.len()));
            fields.extend(names.into_iter().map(|name| (name, "v".to_owned())));
            fields
        }),
        kind("a long signed field", |said, size| {
            let mut fields = input(said, " \"accept\"", "");
            fields.push(field("Accept", repeated("a", size)));
            fields
        }),
        kind("a long signed digest", |said, size| {
            let mut fields = input(said, " \"content-digest\"", "");
            let digest = repeated("A", (size - 10) / 4 * 4);
            fields.push(field("Content-Digest", format!("sha-256=:{digest}:")));
            fields
        }),
        kind("many signed digests", |said, size| {
            let mut fields = input(said, " \"content-digest\"", "");
            fields.push(field("Content-Digest", numbered("d", "=::,", size)));
            fields
        }),
    ]
}

/// The base64 of 32 bytes.
const SHORT: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn inputs(input: String) -> Fields {
    vec![
        field("Signature-Input", input),
        field("Signature", format!("sig1=:{SHORT}:")),
    ]
}

fn input(said: &Said, components: &str, parameters: &str) -> Fields {
    let Said { key, created, .. } = said;
    inputs(format!(
        "sig1=(\"@method\" \"@target-uri\"{components});created={created};keyid=\"{key}\"{parameters}"
    ))
}

fn signed(said: &Said, signature: String) -> Fields {
    let mut fields = input(said, "", "");
    fields.pop();
    fields.push(field("Signature", signature));
    fields
}

fn room(said: &Said, size: usize) -> usize {
    let taken = input(said, "", "");
    let taken = taken.iter().map(|(_, value)| value.len()).max();
    size.saturating_sub(taken.unwrap_or(0)).max(24)
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!(" \"{name}\"")).collect()
}

/// As many names as a list may have beside two, as long as there is room, that differ at their ends only.
fn thirty(room: usize) -> Vec<String> {
    let count = (room / 6).clamp(1, 30);
    let length = (room / count).saturating_sub(1).max(3);
    let names = 0..count;
    names
        .map(|number| format!("{}{number:02}", repeated("n", length - 2)))
        .collect()
}

/// Fields that are as long as these, and differ from them at their ends only.
fn others(names: &[String], count: usize) -> Fields {
    let start = names.first().map_or(0, String::len).saturating_sub(2);
    (0..count)
        .map(|number| {
            let end = [b'a' + (number / 26) as u8, b'a' + (number % 26) as u8];
            let end = String::from_utf8_lossy(&end).into_owned();
            field(&format!("{}{end}", repeated("n", start)), "v".to_owned())
        })
        .collect()
}

/// The text again and again, cut to this length.
fn repeated(text: &str, length: usize) -> String {
    text.chars().cycle().take(length).collect()
}

/// Numbers between `before` and `after`, as many as go into this length whole.
fn numbered(before: &str, after: &str, length: usize) -> String {
    let mut all = String::new();
    for number in 0.. {
        let next = format!("{before}{number}{after}");
        if all.len() + next.len() > length {
            break;
        }
        all.push_str(&next);
    }
    all
}

fn field(name: &str, value: String) -> (String, String) {
    (name.to_owned(), value)
}
