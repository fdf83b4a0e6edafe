//! Base64 of which every text has one spelling only.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// Decodes padded standard base64 (RFC 4648 section 4). `None` for any other alphabet, for missing or excess padding,
/// white space, or bits set beyond the last byte: two spellings of one credential would be two credentials to whoever
/// counts or caches them.
pub(crate) fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    // Room for all of it at once: growing would leave copies behind that nobody zeroes.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 4 * 3 + 3));
    STANDARD.decode_vec(text, &mut bytes).ok()?;
    Some(bytes)
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
