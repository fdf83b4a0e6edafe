//! The contract of the store, written once and held to two unrelated implementations of DynamoDB: `dynoxide`, which the
//! product embeds, and `moto_server`. Both are spoken to by the real SDK, through a proxy that can lose answers.
#![cfg(test)]

/// Makes each sentence a test against the embedded database, and all of them one test against moto, which takes a second
/// to start.
macro_rules! contract {
    ($($sentence:ident),+ $(,)?) => {
        mod embedded {
            $(
                #[tokio::test]
                async fn $sentence() {
                    super::$sentence(crate::backend::Backend::embedded().await.fresh().await).await;
                }
            )+
        }

        mod moto {
            #[tokio::test]
            async fn every_sentence_holds() {
                let backend = crate::backend::Backend::moto().await;
                let mut broken = Vec::new();
                $(
                    let sentence = super::$sentence(backend.fresh().await);
                    if tokio::spawn(sentence).await.is_err() {
                        broken.push(stringify!($sentence));
                    }
                )+
                assert!(broken.is_empty(), "not with moto: {broken:#?}");
            }
        }
    };
}

mod backend;
mod fleet;
mod given;

mod commands;
mod concurrency;
mod confirming;
mod consistent_reads;
mod keyring_file;
mod last_used;
mod leases;
mod listing;
mod lost_answers;
mod many_keys;
mod overtaken;
mod rebuilding;
mod replay;
mod resealing;
mod resuming;
mod rotation;
mod rows;
mod streams;
mod suspension;
mod sweep;
mod tenants;
