//! `kill -9` at every step: a process is killed at each of its calls of the database, before the call arrives or after it is
//! done, and started again. Nothing is lost or torn, and the same again gives the same answer.

use std::path::Path;
use std::process::Stdio;

use hubkeys_domain::Secret;
use hubkeys_store::Lease;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::Result;
use crate::client::{answered, credentials, found};
use crate::history::{Answer, Asked, Event, Found};
use crate::instance::{Instance, Running};
use crate::rows;
use crate::run::Ground;

/// A key, and its secret in the form its scheme takes.
struct Held {
    id: String,
    secret: String,
    hmac: bool,
}

/// One instance, and what it stands on.
struct Stage {
    ground: Ground,
    instance: Instance,
}

/// Which command is killed, and how often it was.
#[derive(Debug)]
pub(crate) struct Killed {
    pub(crate) command: &'static str,
    pub(crate) times: usize,
}

/// Kills everything there is at every step.
pub(crate) async fn kill_everything() -> Result<Vec<Killed>> {
    let ground = Ground::new().await?;
    let mut instances = ground.instances(1).await?;
    // Strict, so that what verify says between two steps is what stands in the table.
    ground.give(Lease::NONE, &instances).await?;
    let instance = instances.pop().ok_or("no instance")?;
    let stage = Stage { ground, instance };
    let mut all = Vec::new();
    let mut done = |command, times| {
        eprintln!("{command}: killed {times} times");
        all.push(Killed { command, times });
    };
    // Those that go over everything first, while there is little.
    done("rebuild of lost rows", stage.rebuilds().await?);
    done("rotation and reseal", stage.rotates().await?);
    done("create with an idempotency key", stage.creates(true).await?);
    done("create without one", stage.creates(false).await?);
    done("revoke", stage.revokes().await?);
    for killed in &all {
        // Fewer calls than every one of them makes: it was not killed where it should have been.
        if killed.times < 6 {
            return Err(format!("{killed:?}: too few kills").into());
        }
    }
    stage.instance.kill().await?;
    Ok(all)
}

fn sure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<()> {
    if holds {
        Ok(())
    } else {
        Err(otherwise().into())
    }
}

impl Stage {
    fn request(&self, to: &Running, method: Method, path: &str) -> RequestBuilder {
        let token = to.tokens.first().map_or("", String::as_str);
        let request = self
            .ground
            .http
            .request(method, format!("{}{path}", to.url));
        request.bearer_auth(token)
    }

    async fn ask(&self, asked: &Asked) -> Result<(Answer, Value)> {
        let to = self.instance.ready().await?;
        Ok(answered(asked, self.of(asked, &to)).await)
    }

    fn of(&self, asked: &Asked, to: &Running) -> RequestBuilder {
        match asked {
            Asked::Create { name, once } => {
                let create = self.request(to, Method::POST, "/v1/keys");
                let create = create.json(&json!({"name": name, "scheme": "basic"}));
                if *once {
                    create.header("idempotency-key", name.replace(' ', "-"))
                } else {
                    create
                }
            }
            Asked::Revoke { key } => {
                self.request(to, Method::POST, &format!("/v1/keys/{key}/revoke"))
            }
            Asked::Rename { key, .. } | Asked::Get { key } | Asked::Verify { key, .. } => {
                self.request(to, Method::GET, &format!("/v1/keys/{key}"))
            }
        }
    }

    async fn create(&self, name: &str, scheme: &str) -> Result<Held> {
        let to = self.instance.ready().await?;
        let create = self.request(&to, Method::POST, "/v1/keys");
        let create = create.json(&json!({"name": name, "scheme": scheme}));
        let made: Value = create.send().await?.error_for_status()?.json().await?;
        held(&made).ok_or_else(|| "a key without a secret".into())
    }

    async fn verify(&self, key: &Held) -> Result<String> {
        let to = self.instance.ready().await?;
        let secret = Secret::of_any_form(key.secret.clone());
        let headers = credentials(&key.id, &secret, key.hmac)?;
        let facts = json!({"method": "GET", "target": "/v1/messages", "headers": headers});
        let verify = self.ground.http.post(format!("{}/v1/verify", to.url));
        let verify = verify.bearer_auth(&to.service_token).json(&facts);
        let decision: Value = verify.send().await?.error_for_status()?.json().await?;
        let outcome = decision.get("outcome").and_then(Value::as_str);
        Ok(outcome.unwrap_or_default().to_owned())
    }

    /// The keys whose name contains this.
    async fn found(&self, name: &str) -> Result<Vec<Found>> {
        let to = self.instance.ready().await?;
        found(&self.ground.http, &to, name).await
    }

    async fn nothing_is_torn(&self) -> Result<()> {
        let drift = rows::drift(&rows::database(self.ground.address)).await?;
        sure(drift.is_empty(), || format!("{drift:?}"))
    }

    /// Asks an instance that is killed at call `calls`, and starts it again. The answer, if there were fewer calls.
    async fn killed_at(&self, asked: &Asked, calls: usize, done: bool) -> Result<Option<Answer>> {
        let stopped = self.instance.proxy.stop_after(calls, done);
        tokio::select! {
            answer = self.ask(asked) => {
                self.instance.proxy.heal();
                Ok(Some(answer?.0))
            }
            stopped = stopped => {
                stopped?;
                self.instance.kill().await?;
                self.instance.start().await?;
                Ok(None)
            }
        }
    }

    async fn creates(&self, once: bool) -> Result<usize> {
        let mut times = 0;
        for done in [false, true] {
            for calls in 0.. {
                let name = format!("Created {once} {done} {calls}");
                let what = || format!("{name}: killed at call {calls}, done: {done}");
                let asked = Asked::Create {
                    name: name.clone(),
                    once,
                };
                let answer = self.killed_at(&asked, calls, done).await?;
                let (again, body) = self.ask(&asked).await?;
                let right = match &again {
                    Answer::Created { .. } => !once || answer.is_none(),
                    Answer::Repeated { .. } => once,
                    _ => false,
                };
                sure(right, || format!("{}: {answer:?}, then {again:?}", what()))?;
                if let Some(key) = held(&body) {
                    let outcome = self.verify(&key).await?;
                    sure(outcome == "valid", || format!("{}: {outcome}", what()))?;
                }
                let made = self.found(&name).await?.into_iter();
                let made = made.filter(|found| found.seen.name == name);
                let made: Vec<Found> = made.collect();
                let most = if once { 1 } else { 2 };
                let count = made.len();
                sure((1..=most).contains(&count), || {
                    format!("{}: {made:?}", what())
                })?;
                for key in made {
                    let whole = key.events == [Event::Created(name.clone())];
                    sure(whole, || format!("{}: {key:?}", what()))?;
                    self.ask(&Asked::Revoke { key: key.key }).await?;
                }
                self.nothing_is_torn().await?;
                if answer.is_some() {
                    break;
                }
                times += 1;
            }
        }
        Ok(times)
    }

    async fn revokes(&self) -> Result<usize> {
        let mut times = 0;
        for done in [false, true] {
            for calls in 0.. {
                let name = format!("Revoked {done} {calls}");
                let key = self.create(&name, "basic").await?;
                let what = || format!("revoke killed at call {calls}, done: {done}");
                let asked = Asked::Revoke {
                    key: key.id.clone(),
                };
                let answer = self.killed_at(&asked, calls, done).await?;
                let between = self.verify(&key).await?;
                let allowed = between == "revoked" || (answer.is_none() && between == "valid");
                sure(allowed, || format!("{}: {between}", what()))?;
                let (again, _) = self.ask(&asked).await?;
                let right =
                    matches!(&again, Answer::Key(seen) if seen.revoked && seen.version == 2);
                sure(right, || format!("{}: {again:?}", what()))?;
                let after = self.verify(&key).await?;
                sure(after == "revoked", || format!("{}: {after}", what()))?;
                let keys = self.found(&name).await?;
                let found = keys.iter().find(|found| found.key == key.id);
                let revoked = found.is_some_and(|found| {
                    found.events.len() == 2 && found.events.last() == Some(&Event::Revoked)
                });
                sure(revoked, || format!("{}: {found:?}", what()))?;
                self.nothing_is_torn().await?;
                if answer.is_some() {
                    break;
                }
                times += 1;
            }
        }
        Ok(times)
    }

    async fn rebuilds(&self) -> Result<usize> {
        let live = self.create("Live", "hmac").await?;
        let ended = self.create("Ended", "basic").await?;
        let revoke = Asked::Revoke {
            key: ended.id.clone(),
        };
        self.ask(&revoke).await?;
        let database = rows::database(self.ground.address);
        let before = rows::following(&database).await?;
        let keyring = self.instance.keyring();
        let mut times = 0;
        for done in [false, true] {
            for calls in 0.. {
                let what = || format!("rebuild killed at call {calls}, done: {done}");
                rows::delete(&database, &before).await?;
                let killed = self
                    .admin_killed_at("rebuild", &keyring, calls, done)
                    .await?;
                let outcome = self.verify(&ended).await?;
                sure(outcome != "valid", || format!("{}: {outcome}", what()))?;
                self.admin("rebuild", &keyring).await?;
                self.nothing_is_torn().await?;
                let wrong = rows::difference(&before, &rows::following(&database).await?);
                sure(wrong.is_empty(), || format!("{}: {wrong:?}", what()))?;
                let outcomes = (self.verify(&live).await?, self.verify(&ended).await?);
                let right = outcomes == ("valid".to_owned(), "revoked".to_owned());
                sure(right, || format!("{}: {outcomes:?}", what()))?;
                if !killed {
                    break;
                }
                times += 1;
            }
        }
        Ok(times)
    }

    async fn rotates(&self) -> Result<usize> {
        let mut keys = Vec::new();
        for (name, scheme) in [("Basic", "basic"), ("HMAC", "hmac"), ("Another", "hmac")] {
            keys.push(self.create(name, scheme).await?);
        }
        let keyring = self.instance.keyring();
        let mut times = 0;
        for done in [false, true] {
            for calls in 0.. {
                let what = || format!("rotation killed at call {calls}, done: {done}");
                let killed = self
                    .admin_killed_at("rotate", &keyring, calls, done)
                    .await?;
                self.all_are_valid(&keys, &what).await?;
                self.admin("rotate", &keyring).await?;
                self.all_are_valid(&keys, &what).await?;
                self.nothing_is_torn().await?;
                if !killed {
                    break;
                }
                times += 1;
            }
        }
        Ok(times)
    }

    async fn all_are_valid(&self, keys: &[Held], what: &impl Fn() -> String) -> Result<()> {
        for key in keys {
            let outcome = self.verify(key).await?;
            sure(outcome == "valid", || {
                format!("{}: {} is {outcome}", what(), key.id)
            })?;
        }
        Ok(())
    }

    fn spawn(&self, command: &str, keyring: &Path, database: &str) -> Result<Child> {
        Ok(Command::new(std::env::current_exe()?)
            .args(["admin", command, "--database", database, "--keyring"])
            .arg(keyring)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()?)
    }

    async fn admin(&self, command: &str, keyring: &Path) -> Result<()> {
        let database = self.ground.address.to_string();
        let ended = self.spawn(command, keyring, &database)?.wait().await?;
        sure(ended.success(), || format!("{command}: {ended}"))
    }

    /// Whether it was killed before its end.
    async fn admin_killed_at(
        &self,
        command: &str,
        keyring: &Path,
        calls: usize,
        done: bool,
    ) -> Result<bool> {
        let proxy = self.ground.proxy().await?;
        let stopped = proxy.stop_after(calls, done);
        let database = proxy.address().to_string();
        let mut process = self.spawn(command, keyring, &database)?;
        tokio::select! {
            ended = process.wait() => {
                let ended = ended?;
                sure(ended.success(), || format!("{command}: {ended}"))?;
                return Ok(false);
            }
            stopped = stopped => stopped?,
        }
        process.kill().await?;
        Ok(true)
    }
}

fn held(made: &Value) -> Option<Held> {
    let text = |member: &str| made.get(member)?.as_str().map(str::to_owned);
    Some(Held {
        id: text("id")?,
        secret: text("secret")?,
        hmac: text("scheme")? == "hmac",
    })
}
