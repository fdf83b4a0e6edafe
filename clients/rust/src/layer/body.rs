//! A body that is digested while it arrives.

use std::error::Error;
use std::pin::pin;

use bytes::{Buf as _, Bytes, BytesMut};
use http::HeaderMap;
use http_body::Body;
use http_body_util::BodyExt as _;
use md5::Md5;
use sha2::{Digest as _, Sha256, Sha512};

use super::answer::Stop;
use crate::BodyDigests;

/// The header fields that name a digest's algorithm.
const DIGEST_FIELDS: [&str; 3] = ["content-digest", "digest", "repr-digest"];

/// A body with its digests.
pub(super) struct Read {
    pub(super) bytes: Bytes,
    pub(super) digests: BodyDigests,
}

/// The body, if it has `limit` bytes at most. Trailers are dropped: no scheme binds them.
pub(super) async fn read<B>(body: B, limit: usize, headers: &HeaderMap) -> Result<Read, Stop>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    if body.size_hint().lower() > limit as u64 {
        return Err(Stop::TooLarge);
    }
    let mut body = pin!(body);
    let mut bytes = BytesMut::new();
    let (mut md5, mut sha256) = (Md5::new(), Sha256::new());
    let mut sha512 = asks_for_sha512(headers).then(Sha512::new);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            let error: Box<dyn Error + Send + Sync> = error.into();
            tracing::info!(error, "the request's body broke off");
            Stop::BrokenBody
        })?;
        let Ok(mut data) = frame.into_data() else {
            continue;
        };
        if data.remaining() > limit - bytes.len() {
            return Err(Stop::TooLarge);
        }
        while data.has_remaining() {
            let chunk = data.chunk();
            md5.update(chunk);
            sha256.update(chunk);
            if let Some(sha512) = &mut sha512 {
                sha512.update(chunk);
            }
            bytes.extend_from_slice(chunk);
            data.advance(chunk.len());
        }
    }
    Ok(Read {
        bytes: bytes.freeze(),
        digests: BodyDigests {
            md5: Some(md5.finalize().into()),
            sha256: Some(sha256.finalize().into()),
            sha512: sha512.map(|sha512| sha512.finalize().into()),
        },
    })
}

/// SHA-512 costs as much as the other two together and few clients use it.
fn asks_for_sha512(headers: &HeaderMap) -> bool {
    DIGEST_FIELDS
        .iter()
        .flat_map(|name| headers.get_all(*name))
        .any(|value| {
            let mut windows = value.as_bytes().windows("sha-512".len());
            windows.any(|window| window.eq_ignore_ascii_case(b"sha-512"))
        })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use http_body::Frame;
    use http_body_util::Full;

    use super::*;

    /// A body of these chunks that does not say how long it is.
    struct Chunks(Vec<&'static [u8]>);

    impl Body for Chunks {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            let next = (!self.0.is_empty()).then(|| self.0.remove(0));
            Poll::Ready(next.map(|chunk| Ok(Frame::data(Bytes::from_static(chunk)))))
        }
    }

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())])
    }

    #[tokio::test]
    async fn the_digests_are_those_of_the_chunks_together() {
        let headers = headers("content-digest", "SHA-512=:eA==:");
        let read = read(Chunks(vec![b"he", b"", b"llo"]), 5, &headers)
            .await
            .ok()
            .unwrap();
        assert_eq!(&read.bytes[..], b"hello");
        assert_eq!(read.digests.md5, Some(Md5::digest(b"hello").into()));
        assert_eq!(read.digests.sha256, Some(Sha256::digest(b"hello").into()));
        assert_eq!(read.digests.sha512, Some(Sha512::digest(b"hello").into()));
    }

    #[tokio::test]
    async fn no_sha_512_is_made_that_no_header_asks_for() {
        for headers in [
            HeaderMap::new(),
            headers("content-digest", "sha-256=:eA==:"),
            headers("x-digest", "sha-512"),
        ] {
            let read = read(Chunks(vec![b"hello"]), 5, &headers)
                .await
                .ok()
                .unwrap();
            assert_eq!(read.digests.sha512, None);
        }
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_given_up_at_the_limit() {
        let chunks = Chunks(vec![b"hello", b"!", b"never read"]);
        assert_eq!(
            read(chunks, 5, &HeaderMap::new()).await.err(),
            Some(Stop::TooLarge)
        );
        let announced = Full::new(Bytes::from_static(b"hello!"));
        assert_eq!(
            read(announced, 5, &HeaderMap::new()).await.err(),
            Some(Stop::TooLarge)
        );
    }
}
