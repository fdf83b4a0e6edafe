//! The local sign-in, as a browser and the client in it see it: the code flow of OpenID Connect with PKCE.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};

use super::stack::{Answered, Stack, http};

// Of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A browser that follows no redirect and keeps the one cookie there is.
struct Browser<'a> {
    stack: &'a Stack,
    http: Client,
    cookie: Option<String>,
}

impl<'a> Browser<'a> {
    fn new(stack: &'a Stack) -> Self {
        let http = http().redirect(Policy::none()).build();
        Self {
            stack,
            http: http.expect("an HTTP client"),
            cookie: None,
        }
    }

    fn callback(&self) -> String {
        format!("{}/sign-in/callback", self.stack.url())
    }

    /// What the Hub asks for, with these parameters changed; an empty one is left out.
    fn asking(&self, changed: &[(&str, &str)]) -> Vec<(String, String)> {
        let callback = self.callback();
        let mut parameters = vec![
            ("client_id", "hubkeys"),
            ("redirect_uri", callback.as_str()),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", "a state & more"),
            ("nonce", "a nonce"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        parameters.retain(|(name, _)| changed.iter().all(|(other, _)| other != name));
        parameters.extend(changed);
        parameters.retain(|(_, value)| !value.is_empty());
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        parameters.into_iter().map(owned).collect()
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Response {
        let request = match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        };
        let response = request.send().await.expect("an answer");
        if let Some(set) = response.headers().get(SET_COOKIE) {
            let set = set.to_str().expect("text");
            assert!(
                set.contains("HttpOnly") && set.contains("SameSite=Lax"),
                "{set}"
            );
            let value = set.split(';').next().unwrap_or_default().to_owned();
            self.cookie = Some(value).filter(|value| !value.ends_with('='));
        }
        response
    }

    async fn authorize(&mut self, changed: &[(&str, &str)]) -> Response {
        let url = format!("{}/oauth2/authorize", self.stack.url());
        let request = self.http.get(url).query(&self.asking(changed));
        self.send(request).await
    }

    /// Presses a user's button on the page.
    async fn choose(&mut self, user: &str, changed: &[(&str, &str)]) -> Response {
        let mut form = self.asking(changed);
        form.push(("user".to_owned(), user.to_owned()));
        let url = format!("{}/oauth2/authorize", self.stack.url());
        let origin = self.stack.url();
        let request = self.http.post(url).header("origin", origin).form(&form);
        self.send(request).await
    }

    /// A fresh code for this user.
    async fn code(&mut self, user: &str) -> String {
        let response = self.choose(user, &[]).await;
        self.sent_back(&response, "code")
    }

    /// A parameter of the redirect back to the client.
    fn sent_back(&self, response: &Response, name: &str) -> String {
        self.parameter(response, name)
            .unwrap_or_else(|| panic!("no {name}: {response:?}"))
    }

    fn parameter(&self, response: &Response, name: &str) -> Option<String> {
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{response:?}");
        let location = response.headers()[LOCATION].to_str().expect("text");
        let url = reqwest::Url::parse(location).expect("a URL");
        assert!(
            location.starts_with(&format!("{}?", self.callback())),
            "{location}"
        );
        url.query_pairs()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.into_owned())
    }

    async fn token(&self, form: &[(&str, &str)]) -> Answered {
        let request = self.stack.request(Method::POST, "/oauth2/token").form(form);
        self.stack.send(request).await
    }

    async fn redeem(&self, code: &str, changed: &[(&str, &str)]) -> Answered {
        let callback = self.callback();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", "hubkeys"),
            ("code", code),
            ("redirect_uri", callback.as_str()),
            ("code_verifier", VERIFIER),
        ];
        form.retain(|(name, _)| changed.iter().all(|(other, _)| other != name));
        form.extend(changed);
        self.token(&form).await
    }

    async fn refresh(&self, refresh_token: &str) -> Answered {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", "hubkeys"),
            ("refresh_token", refresh_token),
        ];
        self.token(&form).await
    }

    async fn account(&self, token: &str) -> Answered {
        let (method, path) = (Method::GET, "/v1/account");
        self.stack.manage(token, method, path, Value::Null).await
    }
}

fn member(answer: &Answered, name: &str) -> String {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let value = answer.json()[name].as_str().map(str::to_owned);
    value.unwrap_or_else(|| panic!("no {name}: {answer:?}"))
}

fn claims(token: &str) -> Value {
    let body = token.split('.').nth(1).expect("a body");
    let body = URL_SAFE_NO_PAD.decode(body).expect("base64url");
    serde_json::from_slice(&body).expect("JSON")
}

/// That the token endpoint refused, with this error of RFC 6749.
fn assert_error(answer: &Answered, error: &str) {
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{answer:?}");
    assert_eq!(answer.content_type, "application/json", "{answer:?}");
    let body = answer.json();
    assert_eq!(body["error"], error, "{answer:?}");
    assert!(body["error_description"].is_string(), "{answer:?}");
}

#[tokio::test]
async fn a_code_becomes_tokens_of_the_chosen_user_and_the_id_token_opens_the_api() {
    let stack = Stack::start().await;
    let mut browser = Browser::new(&stack);
    let page = browser.authorize(&[]).await;
    assert_eq!(page.status(), StatusCode::OK);
    let page = page.text().await.expect("a page");
    for user in ["admin@acme", "basic@globex", "operator@hubkeys"] {
        assert!(page.contains(&format!("value=\"{user}\"")), "{page}");
    }
    assert!(page.contains("value=\"a state &amp; more\""), "{page}");
    let response = browser.choose("admin@acme", &[]).await;
    assert_eq!(browser.sent_back(&response, "state"), "a state & more");
    let code = browser.sent_back(&response, "code");
    let answer = browser.redeem(&code, &[]).await;
    let (id_token, access_token) = (member(&answer, "id_token"), member(&answer, "access_token"));
    let id = claims(&id_token);
    for (claim, value) in [
        ("iss", json!(stack.url())),
        ("aud", json!("hubkeys")),
        ("sub", json!("admin@acme")),
        ("nonce", json!("a nonce")),
        ("token_use", json!("id")),
        ("custom:account", json!("acme")),
        ("cognito:groups", json!(["Administrator"])),
        ("cognito:username", json!("admin@acme")),
        ("email", json!("admin@acme")),
    ] {
        assert_eq!(id[claim], value, "{claim}: {id}");
    }
    assert!(
        id["auth_time"].is_i64() && id["at_hash"].is_string(),
        "{id}"
    );
    assert_eq!(claims(&access_token)["token_use"], "access");
    assert_eq!(browser.account(&id_token).await.json()["id"], "acme");
    // It names no account, so it opens nothing.
    let refused = browser.account(&access_token).await;
    assert_eq!(refused.problem(), "unauthenticated");
    assert!(refused.text.contains("send the id_token"), "{refused:?}");
}

#[tokio::test]
async fn a_code_is_good_once_for_whom_and_what_it_was_given_out() {
    let stack = Stack::start().await;
    let mut browser = Browser::new(&stack);
    let other = format!("{}/elsewhere", stack.url());
    for changed in [
        (
            "code_verifier",
            "not-the-verifier-of-that-challenge-but-as-long",
        ),
        ("code_verifier", ""),
        // As a client would send it that takes the method for plain.
        ("code_verifier", CHALLENGE),
        ("redirect_uri", other.as_str()),
        ("redirect_uri", ""),
    ] {
        let code = browser.code("admin@acme").await;
        let wrong = browser.redeem(&code, &[changed]).await;
        assert_error(&wrong, "invalid_grant");
        // And whoever guessed wrong has no second guess.
        assert_error(&browser.redeem(&code, &[]).await, "invalid_grant");
    }
    let code = browser.code("admin@acme").await;
    let client = [("client_id", "another")];
    assert_error(&browser.redeem(&code, &client).await, "invalid_client");
    assert_error(&browser.redeem("", &[]).await, "invalid_request");
    assert_error(&browser.redeem("guessed", &[]).await, "invalid_grant");
    let first = browser.redeem(&code, &[]).await;
    let refresh_token = member(&first, "refresh_token");
    member(&browser.refresh(&refresh_token).await, "id_token");
    assert_error(&browser.redeem(&code, &[]).await, "invalid_grant");
    // Two had it, so one of them stole it: what came of it ends.
    assert_error(&browser.refresh(&refresh_token).await, "invalid_grant");
}

#[tokio::test]
async fn the_token_endpoint_says_what_is_wrong_in_the_words_of_oauth() {
    let stack = Stack::start().await;
    let browser = Browser::new(&stack);
    for (form, error) in [
        (&[][..], "invalid_request"),
        (&[("grant_type", "implicit")], "unsupported_grant_type"),
        (&[("grant_type", "authorization_code")], "invalid_client"),
        (&[("grant_type", "password")], "invalid_request"),
        (
            &[("grant_type", "password"), ("username", "nobody")],
            "invalid_grant",
        ),
        (
            &[("grant_type", "password"), ("grant_type", "password")],
            "invalid_request",
        ),
        (
            &[
                ("grant_type", "password"),
                ("username", "admin@acme"),
                ("expires_in", "3601"),
            ],
            "invalid_request",
        ),
    ] {
        assert_error(&browser.token(form).await, error);
    }
}

#[tokio::test]
async fn a_request_that_is_not_to_be_granted_goes_back_with_its_error_and_state() {
    let stack = Stack::start().await;
    let mut browser = Browser::new(&stack);
    browser.code("admin@acme").await;
    for (changed, error) in [
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge", "short"), "invalid_request"),
        (("code_challenge_method", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("response_type", ""), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (("response_mode", "fragment"), "invalid_request"),
        (("scope", "profile"), "invalid_scope"),
        (("prompt", "none login"), "invalid_request"),
        (("max_age", "-1"), "invalid_request"),
        (("id_token_hint", "a.b.c"), "invalid_request"),
        (("expires_in", "soon"), "invalid_request"),
        (("request", "a.b.c"), "request_not_supported"),
        (
            ("request_uri", "http://evil.example/"),
            "request_uri_not_supported",
        ),
    ] {
        let response = browser.authorize(&[changed]).await;
        assert_eq!(browser.sent_back(&response, "error"), error, "{changed:?}");
        assert_eq!(browser.sent_back(&response, "state"), "a state & more");
        assert_eq!(browser.parameter(&response, "code"), None);
    }
    let denied = browser.choose("", &[("deny", "yes")]).await;
    assert_eq!(browser.sent_back(&denied, "error"), "access_denied");
}

#[tokio::test]
async fn nobody_is_sent_to_another_origin() {
    let stack = Stack::start().await;
    let mut browser = Browser::new(&stack);
    browser.code("admin@acme").await;
    let own = stack.url();
    let port = own.rsplit(':').next().unwrap_or_default();
    for foreign in [
        String::new(),
        "https://evil.example/callback".to_owned(),
        "//evil.example/".to_owned(),
        "/sign-in/callback".to_owned(),
        "javascript:alert(1)".to_owned(),
        format!("{own}@evil.example/"),
        format!("{own}.evil.example/"),
        format!("{own}0/"),
        format!("{own}\\@evil.example/"),
        format!("{own}/callback#fragment"),
        format!("http://localhost:{port}/sign-in/callback"),
    ] {
        for prompt in ["none", "login"] {
            let changed = [("redirect_uri", foreign.as_str()), ("prompt", prompt)];
            let response = browser.authorize(&changed).await;
            assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{foreign}");
            assert!(!response.headers().contains_key(LOCATION), "{response:?}");
            let page = response.text().await.expect("a page");
            assert!(!page.contains("evil.example"), "{page}");
        }
        if !foreign.is_empty() {
            for name in ["logout_uri", "post_logout_redirect_uri"] {
                let request = browser.http.get(format!("{own}/logout"));
                let response = request.query(&[(name, &foreign)]).send().await;
                let response = response.expect("an answer");
                assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{foreign}");
                assert!(!response.headers().contains_key(LOCATION), "{response:?}");
            }
        }
    }
    // Twice one of ours: which is meant?
    let url = format!("{own}/oauth2/authorize");
    let mut twice = browser.asking(&[]);
    twice.push(("redirect_uri".to_owned(), format!("{own}/other")));
    let request = browser.http.get(url).query(&twice);
    let response = browser.send(request).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_session_signs_in_silently_until_logout() {
    let stack = Stack::start().await;
    let mut browser = Browser::new(&stack);
    let silently = [("prompt", "none")];
    let response = browser.authorize(&silently).await;
    assert_eq!(browser.sent_back(&response, "error"), "login_required");
    let code = browser.code("admin@acme").await;
    let tokens = browser.redeem(&code, &[]).await;
    for changed in [&silently[..], &[]] {
        let response = browser.authorize(changed).await;
        let code = browser.sent_back(&response, "code");
        let again = browser.redeem(&code, &[]).await;
        assert_eq!(claims(&member(&again, "id_token"))["sub"], "admin@acme");
    }
    for prompt in ["login", "select_account"] {
        let page = browser.authorize(&[("prompt", prompt)]).await;
        assert_eq!(page.status(), StatusCode::OK, "{prompt}");
        let page = page.text().await.expect("a page");
        assert!(page.contains("Signed in now"), "{page}");
    }
    // Somebody else than the client thinks is not signed in unasked.
    let other = stack.token("basic@acme").await;
    let hint = [("prompt", "none"), ("id_token_hint", other.as_str())];
    let response = browser.authorize(&hint).await;
    assert_eq!(browser.sent_back(&response, "error"), "login_required");

    let back = format!("{}/signed-out", stack.url());
    let request = browser.http.get(format!("{}/logout", stack.url()));
    let request = request.query(&[("client_id", "hubkeys"), ("logout_uri", back.as_str())]);
    let session = browser.cookie.clone();
    let response = browser.send(request).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[LOCATION], back.as_str());
    assert_eq!(browser.cookie, None, "the browser forgets the session");
    // So does the stack, also if a copy of the cookie is about.
    browser.cookie = session;
    let response = browser.authorize(&silently).await;
    assert_eq!(browser.sent_back(&response, "error"), "login_required");
    let refresh_token = member(&tokens, "refresh_token");
    assert_error(&browser.refresh(&refresh_token).await, "invalid_grant");
}

#[tokio::test]
async fn whoever_signs_in_ends_the_session_of_another_user_in_the_same_browser() {
    let stack = Stack::start().await;
    let mut browser = Browser::new(&stack);
    let code = browser.code("admin@acme").await;
    let tokens = browser.redeem(&code, &[]).await;
    let refresh_token = member(&tokens, "refresh_token");
    // The same user again ends nothing.
    browser.code("admin@acme").await;
    let renewed = browser.refresh(&refresh_token).await;
    assert!(renewed.status.is_success(), "{renewed:?}");
    let session = browser.cookie.clone();
    browser.code("admin@initech").await;
    // After the second sign-in of admin@acme the browser's session was a newer one, which is the one that ended.
    browser.cookie = session;
    let response = browser.authorize(&[("prompt", "none")]).await;
    assert_eq!(browser.sent_back(&response, "error"), "login_required");
}

#[tokio::test]
async fn a_refresh_gives_new_tokens_of_the_same_sign_in() {
    let stack = Stack::start().await;
    let mut browser = Browser::new(&stack);
    // Of the past, so that only the refreshed one opens anything.
    let response = browser
        .choose("basic@globex", &[("expires_in", "-1")])
        .await;
    let code = browser.sent_back(&response, "code");
    let first = browser.redeem(&code, &[]).await;
    let expired = member(&first, "id_token");
    let refused = browser.account(&expired).await;
    assert_eq!(refused.problem(), "unauthenticated");
    assert!(refused.text.contains("has expired"), "{refused:?}");
    let second = browser.refresh(&member(&first, "refresh_token")).await;
    let renewed = member(&second, "id_token");
    assert_eq!(browser.account(&renewed).await.json()["id"], "globex");
    assert_eq!(claims(&renewed)["auth_time"], claims(&expired)["auth_time"]);
    assert_eq!(claims(&renewed)["nonce"], Value::Null);
    assert_error(&browser.refresh("guessed").await, "invalid_grant");
    assert_error(&browser.refresh("").await, "invalid_request");
}

#[tokio::test]
async fn a_form_of_another_origin_signs_nobody_in() {
    let stack = Stack::start().await;
    let mut browser = Browser::new(&stack);
    let url = format!("{}/oauth2/authorize", stack.url());
    let mut form = browser.asking(&[]);
    form.push(("user".to_owned(), "admin@acme".to_owned()));
    for (name, value) in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:1"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("x-other", "no word of where it is from"),
    ] {
        let request = browser.http.post(&url).header(name, value).form(&form);
        let response = browser.send(request).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{name}: {value}");
        assert_eq!(browser.cookie, None, "{name}: {value}");
    }
}

#[tokio::test]
async fn discovery_says_what_there_is() {
    let stack = Stack::start().await;
    let get = async |path: &str| stack.send(stack.request(Method::GET, path)).await;
    let metadata = get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["issuer"], stack.url());
    assert_eq!(
        metadata["code_challenge_methods_supported"],
        json!(["S256"])
    );
    let settings = get("/config.json").await.json();
    assert_eq!(settings["authority"], stack.url());
    assert_eq!(settings["client_id"], "hubkeys");
    assert_eq!(settings["api"], "");
    for (url, method) in [
        (&metadata["authorization_endpoint"], Method::GET),
        (&metadata["token_endpoint"], Method::POST),
        (&metadata["jwks_uri"], Method::GET),
        (&settings["logout"]["url"], Method::GET),
    ] {
        let url = url.as_str().expect("a URL");
        let path = url.strip_prefix(&stack.url()).expect("of this origin");
        let answer = stack.send(stack.request(method, path)).await;
        assert_ne!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
    let keys = get("/.well-known/jwks.json").await.json();
    let token = stack.token("admin@acme").await;
    let header = token.split('.').next().unwrap_or_default();
    let header = URL_SAFE_NO_PAD.decode(header).expect("base64url");
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    assert_eq!(header["kid"], keys["keys"][0]["kid"]);
}

#[tokio::test]
async fn the_page_shows_how_each_account_stands_now_and_runs_no_script() {
    let stack = Stack::start().await;
    let mut browser = Browser::new(&stack);
    let page = browser
        .authorize(&[("state", "\"><script>alert(1)</script>")])
        .await;
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .expect("text");
    for directive in [
        "default-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(directive), "{policy}");
    }
    assert!(
        !policy.contains("unsafe") && !policy.contains("script-src"),
        "{policy}"
    );
    let page = page.text().await.expect("a page");
    assert!(
        !page.contains("<script") && !page.contains("style="),
        "{page}"
    );
    assert!(page.contains("Not verified"), "{page}");
    assert!(!page.contains("Verification requested"), "{page}");
    let token = stack.token("admin@globex").await;
    let request = "/v1/account/verification";
    stack
        .manage(&token, Method::POST, request, Value::Null)
        .await;
    let page = browser.authorize(&[]).await.text().await.expect("a page");
    assert!(page.contains("Verification requested"), "{page}");
    assert!(!page.contains("Not verified"), "{page}");
}
