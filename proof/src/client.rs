//! A client: sends what its plan says, tries again what was not answered, and writes down every call.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Instant as Clock, SystemTime};

use hubkeys_auth::hub_hmac::{self, NameStyle};
use hubkeys_auth::{Algorithm, Unsigned};
use hubkeys_domain::{Secret, Timestamp};
use reqwest::{Client as Http, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::Result;
use crate::history::{Answer, Asked, Call, Event, Found, Instant, Seen};
use crate::instance::{ADMINISTRATORS, Instance, Running};
use crate::plan::{Act, Step};

/// After so many calls without an answer a client gives up, as people do.
const PATIENCE: usize = 30;

/// What is known of a key that somebody makes.
#[derive(Clone, Debug)]
pub(crate) enum Key {
    Unmade,
    Made {
        id: String,
        /// Unknown if the answer that showed it was lost.
        secret: Option<Arc<str>>,
        hmac: bool,
    },
    /// Nobody could make it.
    Failed,
}

/// What all clients of a run share.
pub(crate) struct Shared {
    pub(crate) instances: Vec<Instance>,
    pub(crate) keys: Vec<watch::Sender<Key>>,
    pub(crate) http: Http,
    pub(crate) began: Clock,
    /// How many calls were made.
    pub(crate) calls: watch::Sender<usize>,
    pub(crate) given_up: AtomicUsize,
}

pub(crate) struct Client {
    shared: Arc<Shared>,
    pub(crate) history: Vec<Call>,
}

impl Shared {
    fn now(&self) -> Instant {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(Instant::MAX)
    }
}

impl Client {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            history: Vec::new(),
        }
    }

    /// Does all of `steps`, one after the other.
    pub(crate) async fn run(mut self, steps: Vec<Step>) -> Result<Vec<Call>> {
        for step in steps {
            self.step(&step).await?;
        }
        Ok(self.history)
    }

    async fn step(&mut self, step: &Step) -> Result<()> {
        match step.act {
            Act::Create { key, hmac, once } => self.create(step.instance, key, hmac, once).await,
            Act::Rename { key, name } => {
                let rename = |id: &str| Asked::Rename {
                    key: id.to_owned(),
                    name: format!("Name {name}"),
                };
                self.on_key(step.instance, key, rename).await
            }
            Act::Revoke { key } => {
                let revoke = |id: &str| Asked::Revoke { key: id.to_owned() };
                self.on_key(step.instance, key, revoke).await
            }
            Act::Get { key } => {
                let get = |id: &str| Asked::Get { key: id.to_owned() };
                self.on_key(step.instance, key, get).await
            }
            Act::Verify { key, right } => self.verify(step.instance, key, right).await,
        }
    }

    async fn create(&mut self, instance: usize, key: usize, hmac: bool, once: bool) -> Result<()> {
        let name = format!("Key {key}");
        let scheme = if hmac { "hmac" } else { "basic" };
        let body = json!({"name": name, "scheme": scheme});
        let asked = Asked::Create { name, once };
        let answer = self
            .ask(instance, asked, |http, to| {
                let mut request = http
                    .post(format!("{}/v1/keys", to.url))
                    .bearer_auth(token(to, key))
                    .json(&body);
                if once {
                    request = request.header("idempotency-key", format!("create-{key}"));
                }
                request
            })
            .await?;
        let Some(slot) = self.shared.keys.get(key) else {
            return Ok(());
        };
        match answer {
            Some((Answer::Created { key: id, .. }, body)) => {
                let secret = body.get("secret").and_then(Value::as_str).map(Arc::from);
                slot.send_replace(Key::Made { id, secret, hmac });
            }
            Some((Answer::Repeated { key: id, .. }, _)) => {
                slot.send_if_modified(|known| {
                    let unknown = !matches!(known, Key::Made { .. });
                    if unknown {
                        let secret = None;
                        *known = Key::Made { id, secret, hmac };
                    }
                    unknown
                });
            }
            _ => {
                slot.send_if_modified(|known| {
                    let unmade = matches!(known, Key::Unmade);
                    if unmade {
                        *known = Key::Failed;
                    }
                    unmade
                });
            }
        }
        Ok(())
    }

    async fn on_key(
        &mut self,
        instance: usize,
        key: usize,
        asked: impl FnOnce(&str) -> Asked,
    ) -> Result<()> {
        let Key::Made { id, .. } = self.made(key).await? else {
            return Ok(());
        };
        let asked = asked(&id);
        let (method, path, body) = match &asked {
            Asked::Rename { name, .. } => (Method::PATCH, "", json!({"name": name})),
            Asked::Revoke { .. } => (Method::POST, "/revoke", Value::Null),
            _ => (Method::GET, "", Value::Null),
        };
        self.ask(instance, asked, |http, to| {
            let request = http
                .request(method.clone(), format!("{}/v1/keys/{id}{path}", to.url))
                .bearer_auth(token(to, key));
            if body.is_null() {
                request
            } else {
                request.json(&body)
            }
        })
        .await?;
        Ok(())
    }

    async fn verify(&mut self, instance: usize, key: usize, right: bool) -> Result<()> {
        let Key::Made { id, secret, hmac } = self.made(key).await? else {
            return Ok(());
        };
        // Whoever does not know the secret can only be wrong.
        let right = right && secret.is_some();
        let secret = match secret {
            Some(secret) if right => Secret::of_any_form(secret.to_string()),
            _ => Secret::generate()?,
        };
        let headers = credentials(&id, &secret, hmac)?;
        let facts = json!({"method": "GET", "target": "/v1/messages", "headers": headers});
        let asked = Asked::Verify { key: id, right };
        self.ask(instance, asked, |http, to| {
            http.post(format!("{}/v1/verify", to.url))
                .bearer_auth(&to.service_token)
                .json(&facts)
        })
        .await?;
        Ok(())
    }

    /// The key, once somebody has made it or has given up.
    async fn made(&self, key: usize) -> Result<Key> {
        let slot = self.shared.keys.get(key).ok_or("no such key")?;
        let mut slot = slot.subscribe();
        let known = slot.wait_for(|known| !matches!(known, Key::Unmade)).await?;
        Ok(known.clone())
    }

    /// The answer, from whichever instance gives one. `None`: nobody did.
    async fn ask(
        &mut self,
        first: usize,
        asked: Asked,
        request: impl Fn(&Http, &Running) -> RequestBuilder,
    ) -> Result<Option<(Answer, Value)>> {
        let shared = Arc::clone(&self.shared);
        let instances = shared.instances.iter().cycle().skip(first);
        for instance in instances.take(PATIENCE) {
            let to = instance.ready().await?;
            let start = shared.now();
            let (answer, body) = answered(&asked, request(&shared.http, &to)).await;
            self.history.push(Call {
                start,
                end: shared.now(),
                asked: asked.clone(),
                answer: answer.clone(),
            });
            shared.calls.send_modify(|calls| *calls += 1);
            if answer != Answer::Nothing {
                return Ok(Some((answer, body)));
            }
        }
        shared.given_up.fetch_add(1, Ordering::Relaxed);
        Ok(None)
    }
}

fn token(to: &Running, key: usize) -> &str {
    let tokens = &to.tokens;
    tokens
        .get(key % ADMINISTRATORS.len())
        .map_or("", String::as_str)
}

/// The headers of a request with this key.
pub(crate) fn credentials(id: &str, secret: &Secret, hmac: bool) -> Result<Vec<(String, String)>> {
    if !hmac {
        use base64::Engine as _;
        let pair = format!("{id}:{}", secret.expose());
        let pair = base64::engine::general_purpose::STANDARD.encode(pair);
        return Ok(vec![("Authorization".to_owned(), format!("Basic {pair}"))]);
    }
    let request = Unsigned {
        method: "GET",
        target: "/v1/messages",
        date: Timestamp::try_from(SystemTime::now())?,
        body: None,
    };
    let algorithm = Algorithm::HmacSha256;
    Ok(hub_hmac::sign(
        id,
        secret,
        algorithm,
        NameStyle::Documented,
        &request,
    )?)
}

/// One call: what was answered, and the body of it.
pub(crate) async fn answered(asked: &Asked, request: RequestBuilder) -> (Answer, Value) {
    let Ok(response) = request.send().await else {
        return (Answer::Nothing, Value::Null);
    };
    let status = response.status();
    let Ok(body) = response.bytes().await else {
        return (Answer::Nothing, Value::Null);
    };
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    (read(asked, status, &body), body)
}

fn read(asked: &Asked, status: StatusCode, body: &Value) -> Answer {
    let absurd = || Answer::Absurd(format!("{status} {body}"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        return Answer::Nothing;
    }
    if !status.is_success() {
        let kind = text(body, "type");
        let kind = kind.and_then(|kind| kind.strip_prefix("urn:problem-type:hubkeys:"));
        return match kind {
            Some(kind) if status.is_client_error() => Answer::Refused(kind.to_owned()),
            _ => absurd(),
        };
    }
    let answer = match asked {
        Asked::Verify { .. } => text(body, "outcome").map(|outcome| Answer::Decision {
            outcome: outcome.to_owned(),
            version: body.get("version").and_then(Value::as_u64),
        }),
        Asked::Create { .. } => seen(body).map(|(key, seen)| {
            if body.get("secret").is_some() {
                Answer::Created { key, seen }
            } else {
                Answer::Repeated { key, seen }
            }
        }),
        _ => seen(body)
            .filter(|(key, _)| asked.key() == Some(key))
            .map(|(_, seen)| Answer::Key(seen)),
    };
    answer.unwrap_or_else(absurd)
}

fn text<'a>(body: &'a Value, member: &str) -> Option<&'a str> {
    body.get(member)?.as_str()
}

fn seen(body: &Value) -> Option<(String, Seen)> {
    let seen = Seen {
        name: text(body, "name")?.to_owned(),
        revoked: text(body, "status")? == "revoked",
        version: body.get("version")?.as_u64()?,
    };
    Some((text(body, "id")?.to_owned(), seen))
}

/// Every key of every account whose name contains `name`, as the list and its history show it.
pub(crate) async fn found(http: &Http, at: &Running, name: &str) -> Result<Vec<Found>> {
    let name = match name {
        "" => String::new(),
        name => format!("&q={}", name.replace(' ', "%20")),
    };
    let mut found = Vec::new();
    for token in &at.tokens {
        let get = async |path: String| -> Result<Value> {
            let request = http.get(format!("{}{path}", at.url)).bearer_auth(token);
            Ok(request.send().await?.error_for_status()?.json().await?)
        };
        let mut cursor = String::new();
        loop {
            let page = get(format!("/v1/keys?limit=100{name}{cursor}")).await?;
            let keys = page.get("keys").and_then(Value::as_array);
            for view in keys.into_iter().flatten() {
                let (key, seen) = seen(view).ok_or("a key that can't be read")?;
                let history = get(format!("/v1/keys/{key}/history")).await?;
                let events = history.get("events").and_then(Value::as_array);
                let events = events.into_iter().flatten().map(event);
                let events = events.collect::<Option<_>>().ok_or("an unknown event")?;
                found.push(Found { key, seen, events });
            }
            match text(&page, "next_cursor") {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
    }
    Ok(found)
}

fn event(entry: &Value) -> Option<Event> {
    let name = || text(entry, "name").map(str::to_owned);
    Some(match text(entry, "type")? {
        "created" => Event::Created(name()?),
        "renamed" => Event::Renamed(name()?),
        "revoked" => Event::Revoked,
        _ => return None,
    })
}
