//! The header of Hub HMAC: one reading of each, and one spelling of each signature.

use crate::request::Request;

/// Changes of the header alone, as replacements of one text in it.
const HEADERS: [(&str, &str, &str, &str); 28] = [
    (
        "valid: the scheme in capitals",
        "valid",
        "hmac username",
        "HMAC username",
    ),
    (
        "valid: three spaces after the scheme",
        "valid",
        "hmac username",
        "hmac   username",
    ),
    (
        "valid: a tab after a comma",
        "valid",
        ", algorithm",
        ",\talgorithm",
    ),
    (
        "valid: names of parameters in capitals",
        "valid",
        "username=",
        "UserName=",
    ),
    (
        "a tab after the scheme",
        "malformed",
        "hmac username",
        "hmac\tusername",
    ),
    (
        "a space before the scheme",
        "malformed",
        "hmac username",
        " hmac username",
    ),
    (
        "a parameter twice",
        "malformed",
        ", algorithm",
        ", username=\"x\", algorithm",
    ),
    (
        "a parameter twice in another case",
        "malformed",
        ", algorithm",
        ", Signature=\"x\", algorithm",
    ),
    (
        "an unknown parameter",
        "malformed",
        ", algorithm",
        ", realm=\"x\", algorithm",
    ),
    ("a misspelled parameter", "malformed", "headers=", "header="),
    (
        "no username",
        "malformed",
        "username=\"hk_01jd3v9m2x8c5q7w4n6t0r1z2y\", ",
        "",
    ),
    (
        "no algorithm",
        "malformed",
        "algorithm=\"hmac-sha256\", ",
        "",
    ),
    (
        "an algorithm in capitals",
        "malformed",
        "hmac-sha256",
        "HMAC-SHA256",
    ),
    (
        "an algorithm without hmac",
        "malformed",
        "hmac-sha256",
        "sha256",
    ),
    (
        "an algorithm of MD5",
        "malformed",
        "hmac-sha256",
        "hmac-md5",
    ),
    (
        "an algorithm that gives more bytes",
        "malformed",
        "hmac-sha256",
        "hmac-sha512",
    ),
    (
        "an unquoted value",
        "malformed",
        "\"hmac-sha256\"",
        "hmac-sha256",
    ),
    (
        "a value in single quotes",
        "malformed",
        "\"hmac-sha256\"",
        "'hmac-sha256'",
    ),
    (
        "a space before the equals sign",
        "malformed",
        "algorithm=",
        "algorithm =",
    ),
    (
        "a space after the equals sign",
        "malformed",
        "algorithm=",
        "algorithm= ",
    ),
    (
        "an empty element",
        "malformed",
        ", algorithm",
        ",, algorithm",
    ),
    ("no comma", "malformed", ", algorithm", " algorithm"),
    (
        "an escape",
        "malformed",
        "username=\"hk_",
        "username=\"\\hk_",
    ),
    (
        "a space in the username",
        "malformed",
        "username=\"hk_",
        "username=\" hk_",
    ),
    (
        "a letter outside of ASCII",
        "malformed",
        "username=\"hk_",
        "username=\"hk\u{e4}_",
    ),
    (
        "an empty list",
        "malformed",
        "headers=\"Date Content-MD5 request-line\"",
        "headers=\"\"",
    ),
    (
        "a list separated by commas",
        "malformed",
        "Date Content-MD5",
        "Date,Content-MD5",
    ),
    (
        "the signature of another list",
        "signature_mismatch",
        "Date Content-MD5",
        "Content-MD5 Date",
    ),
];

#[test]
fn a_header_is_read_in_one_way_or_not_at_all() {
    for (name, outcome, from, to) in HEADERS {
        let mut request = Request::post();
        let header = request.authorization();
        assert!(header.contains(from), "{name}");
        request.add("Authorization", &header.replace(from, to));
        assert_eq!(request.judged(), outcome, "{name}");
    }
}

#[test]
fn a_signature_has_one_spelling() {
    let signature = Request::post().signature();
    let unpadded = signature.trim_end_matches('=');
    // 32 bytes leave two bits of the last character unused: the same bytes, had they any other value.
    let (rest, last) = unpadded.split_at(unpadded.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let at = alphabet.find(last).unwrap();
    for (name, spelling) in [
        ("without padding", unpadded.to_owned()),
        (
            "with a line break's worth of space",
            format!("{rest} {last}="),
        ),
        (
            "with unused bits set",
            format!("{rest}{}=", &alphabet[at + 1..at + 2]),
        ),
        ("with more padding", format!("{signature}=")),
        ("with bytes after it", format!("{signature}AAAA")),
        ("twice", format!("{signature}{signature}")),
        ("empty", String::new()),
        ("of 0 bytes", "====".to_owned()),
    ] {
        let mut request = Request::post();
        let header = request.authorization().replace(&signature, &spelling);
        request.add("Authorization", &header);
        assert_eq!(request.judged(), "malformed", "{name}");
    }
}

#[test]
fn a_hostile_header_is_read_in_linear_time() {
    // 8 KiB of what would make a backtracking or rescanning parser quadratic: 200 of each would then take minutes.
    for hostile in [
        "hmac ".to_owned() + &"a=\"\",".repeat(1600),
        "hmac ".to_owned() + &"\t ,".repeat(2500),
        format!("hmac a=\"{}", "b".repeat(8000)),
        format!("hmac headers=\"{}\"", "a ".repeat(4000)),
        "hmac a".to_owned() + &" ".repeat(8000) + "=",
        format!("Basic {}", "=".repeat(8000)),
    ] {
        for _ in 0..200 {
            let mut request = Request::get();
            request.add("Authorization", &hostile);
            assert_eq!(request.judged(), "malformed");
        }
    }
}
