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

/// The SHA-512 of an empty body.
pub(crate) const SHA512_OF_NOTHING: [u8; 64] = [
    0xcf, 0x83, 0xe1, 0x35, 0x7e, 0xef, 0xb8, 0xbd, 0xf1, 0x54, 0x28, 0x50, 0xd6, 0x6d, 0x80, 0x07,
    0xd6, 0x20, 0xe4, 0x05, 0x0b, 0x57, 0x15, 0xdc, 0x83, 0xf4, 0xa9, 0x21, 0xd3, 0x6c, 0xe9, 0xce,
    0x47, 0xd0, 0xd1, 0x3c, 0x5d, 0x85, 0xf2, 0xb0, 0xff, 0x83, 0x18, 0xd2, 0x87, 0x7e, 0xec, 0x2f,
    0x63, 0xb9, 0x31, 0xbd, 0x47, 0x41, 0x7a, 0x81, 0xa5, 0x38, 0x32, 0x7a, 0xf9, 0x27, 0xda, 0x3e,
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
    use sha2::{Sha256, Sha512};

    use super::*;

    #[test]
    fn the_digests_of_nothing_are_those_of_an_empty_body() {
        assert_eq!(Md5::digest(b"").as_slice(), MD5_OF_NOTHING);
        assert_eq!(Sha256::digest(b"").as_slice(), SHA256_OF_NOTHING);
        assert_eq!(Sha512::digest(b"").as_slice(), SHA512_OF_NOTHING);
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
