//! A server on a thread and a runtime of its own, as it would be on another machine.

use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use tokio::runtime;
use tokio::sync::oneshot;

use crate::Result;

/// A running server.
pub(crate) struct Server {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Served>,
}

/// What a server came to.
pub(crate) type Served = std::result::Result<(), String>;

/// Completes when the server is to stop.
pub(crate) type Stopped = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Server {
    /// Runs `serve`, and gives what it sends once it is ready.
    pub(crate) fn start<R, F, S>(serve: F) -> Result<(R, Self)>
    where
        R: Send + 'static,
        F: FnOnce(mpsc::Sender<R>, Stopped) -> S + Send + 'static,
        S: Future<Output = Served>,
    {
        let (send_ready, ready) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = Box::pin(async {
            // A sender that was dropped stops it too.
            let _ = stopped.await;
        });
        let thread = thread::spawn(move || {
            runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| error.to_string())?
                .block_on(serve(send_ready, stopped))
        });
        match ready.recv() {
            Ok(ready) => Ok((ready, Self { stop, thread })),
            Err(_) => match joined(thread) {
                Err(error) => Err(error),
                Ok(()) => Err("a server ended before it served".into()),
            },
        }
    }

    /// Finishes what is under way.
    pub(crate) fn stop(self) -> Result<()> {
        // It may have ended by itself: joining tells why.
        let _ = self.stop.send(());
        joined(self.thread)
    }
}

fn joined(thread: JoinHandle<Served>) -> Result<()> {
    Ok(thread.join().map_err(|_| "a server panicked")??)
}
