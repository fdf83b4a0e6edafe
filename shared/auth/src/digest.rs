//! The digest of a body, as Hub HMAC writes it.

/// The MD5 of an empty body.
pub(crate) const MD5_OF_NOTHING: [u8; 16] = [
    0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04, 0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8, 0x42, 0x7e,
];

/// The SHA-256 of an empty body.
pub(crate) const SHA256_OF_NOTHING: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// Parses an MD5 in hexadecimal, in either case: exactly 32 digits. (RFC 1864 has base64; the platform and its SDKs do
/// not.)
pub(crate) fn parse_md5(text: &str) -> Option<[u8; 16]> {
    let mut digest = [0; 16];
    hex::decode_to_slice(text, &mut digest).ok()?;
    Some(digest)
}

#[cfg(test)]
mod tests {
    use md5::{Digest as _, Md5};
    use sha2::Sha256;

    use super::*;

    #[test]
    fn the_digests_of_nothing_are_those_of_an_empty_body() {
        assert_eq!(Md5::digest(b"").as_slice(), MD5_OF_NOTHING);
        assert_eq!(Sha256::digest(b"").as_slice(), SHA256_OF_NOTHING);
    }

    #[test]
    fn an_md5_is_32_hexadecimal_digits_in_either_case() {
        for text in [
            "d41d8cd98f00b204e9800998ecf8427e",
            "D41D8CD98F00B204E9800998ECF8427E",
            "D41d8cd98f00b204e9800998ecf8427E",
        ] {
            assert_eq!(parse_md5(text), Some(MD5_OF_NOTHING), "{text}");
        }
        for text in [
            "",
            "1B2M2Y8AsgTpgAmY7PhCfg==",
            "d41d8cd98f00b204e9800998ecf8427",
            "d41d8cd98f00b204e9800998ecf8427e0",
            " d41d8cd98f00b204e9800998ecf8427e",
            "d41d8cd98f00b204e9800998ecf8427g",
            "0xd41d8cd98f00b204e9800998ecf842",
        ] {
            assert_eq!(parse_md5(text), None, "{text}");
        }
    }
}
