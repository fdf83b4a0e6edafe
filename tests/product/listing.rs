//! Lists that are searched and sorted, page by page, and accounts that say who may see them.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::stack::{Answered, Stack};

/// A page of the list, for these parameters as they are before they are encoded.
async fn page(stack: &Stack, token: &str, parameters: &[(&str, &str)]) -> Answered {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    let path = format!("/v1/keys?{query}");
    stack.manage(token, Method::GET, &path, Value::Null).await
}

/// The names of all keys, two a page.
async fn names(stack: &Stack, token: &str, parameters: &[(&str, &str)]) -> Vec<String> {
    let mut names = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut parameters = parameters.to_vec();
        parameters.push(("limit", "2"));
        parameters.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let answer = page(stack, token, &parameters).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        let page = answer.json();
        let keys = page["keys"].as_array().cloned().unwrap_or_default();
        let name = |key: &Value| key["name"].as_str().unwrap_or_default().to_owned();
        names.extend(keys.iter().map(name));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return names,
        }
    }
}

#[tokio::test]
async fn a_list_is_found_by_any_part_of_a_name_and_sorted_as_asked() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let made = ["Büro München", "alpha & omega", "BÜRO #2+1", "Zeta", "beta"];
    for (number, name) in made.iter().enumerate() {
        let scheme = if number % 2 == 0 { "basic" } else { "hmac" };
        stack.create_key(&token, name, scheme).await;
    }
    let sorted = ["alpha & omega", "beta", "BÜRO #2+1", "Büro München", "Zeta"];
    let reversed = |names: &[&str]| names.iter().rev().map(ToString::to_string).collect();
    let (newest, descending): (Vec<_>, Vec<_>) = (reversed(&made), reversed(&sorted));
    assert_eq!(names(&stack, &token, &[]).await, newest);
    for (sort, expected) in [
        ("created_at", made.map(String::from).to_vec()),
        ("-created_at", newest),
        ("name", sorted.map(String::from).to_vec()),
        ("-name", descending),
        ("last_used_at", made.map(String::from).to_vec()),
    ] {
        assert_eq!(names(&stack, &token, &[("sort", sort)]).await, expected);
        let basic = [("sort", sort), ("scheme", "basic")];
        let found = names(&stack, &token, &basic).await;
        assert_eq!(found.len(), 3, "{sort}: {found:?}");
        let filtered = expected.iter().filter(|name| found.contains(name));
        assert!(filtered.eq(&found), "{sort}: {found:?}");
    }
    for (search, expected) in [
        ("büro", vec!["BÜRO #2+1", "Büro München"]),
        ("2+1", vec!["BÜRO #2+1"]),
        ("# 2", vec![]),
        ("A & o", vec!["alpha & omega"]),
        ("eta", vec!["beta", "Zeta"]),
        ("%", vec![]),
    ] {
        let parameters = [("q", search), ("sort", "name")];
        assert_eq!(
            names(&stack, &token, &parameters).await,
            expected,
            "{search}"
        );
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_search_and_its_order_only() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    for name in ["One", "Two", "Three"] {
        stack.create_key(&token, name, "basic").await;
    }
    let first = page(
        &stack,
        &token,
        &[("limit", "1"), ("q", "o"), ("sort", "name")],
    )
    .await;
    let first = first.json();
    let cursor = first["next_cursor"].as_str().expect("a next page");
    let good = [("cursor", cursor), ("q", "o"), ("sort", "name")];
    let second = page(&stack, &token, &good).await.json();
    assert_eq!(second["keys"][0]["name"], "Two", "{second}");
    for parameters in [
        vec![("cursor", cursor)],
        vec![("cursor", cursor), ("q", "o")],
        vec![("cursor", cursor), ("sort", "name")],
        vec![("cursor", cursor), ("q", "O"), ("sort", "name")],
        vec![("cursor", cursor), ("q", "o"), ("sort", "-name")],
        vec![
            ("cursor", cursor),
            ("q", "o"),
            ("sort", "name"),
            ("scheme", "basic"),
        ],
    ] {
        let refused = page(&stack, &token, &parameters).await;
        assert_eq!(refused.problem(), "invalid-cursor", "{parameters:?}");
    }
    let other = stack.token("admin@initech").await;
    assert_eq!(
        page(&stack, &other, &good).await.problem(),
        "invalid-cursor"
    );
}

#[tokio::test]
async fn no_search_and_no_order_finds_another_accounts_keys() {
    let stack = Stack::start().await;
    let acme = stack.token("admin@acme").await;
    let initech = stack.token("admin@initech").await;
    let (theirs, secret) = stack.create_key(&acme, "Shared name", "basic").await;
    stack.create_key(&initech, "Shared name", "basic").await;
    assert_eq!(stack.outcome_of_basic(&theirs, &secret).await, "valid");
    for sort in [
        "created_at",
        "-created_at",
        "name",
        "-name",
        "last_used_at",
        "-last_used_at",
    ] {
        for (search, count) in [("shared", 1), (theirs.as_str(), 0), ("hk_", 1)] {
            let found = page(&stack, &initech, &[("q", search), ("sort", sort)]).await;
            let found = found.json();
            let keys = found["keys"].as_array().cloned().unwrap_or_default();
            assert_eq!(keys.len(), count, "{sort} {search}: {found}");
            for key in keys {
                assert_ne!(key["id"], json!(theirs));
                assert_eq!(key["last_used_at"], Value::Null);
            }
        }
    }
}

#[tokio::test]
async fn a_search_or_an_order_that_is_none_is_refused() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let long = "é".repeat(65);
    for parameters in [
        vec![("q", "")],
        vec![("q", long.as_str())],
        vec![("q", "a"), ("q", "b")],
        vec![("sort", "")],
        vec![("sort", "-")],
        vec![("sort", "Name")],
        vec![("sort", "secret")],
        vec![("sort", "name"), ("sort", "-name")],
        vec![("search", "a")],
    ] {
        let refused = page(&stack, &token, &parameters).await;
        assert_eq!(refused.problem(), "invalid-request", "{parameters:?}");
    }
}

#[tokio::test]
async fn an_account_says_who_asks_and_whether_they_may_manage_its_keys() {
    let stack = Stack::start().await;
    for (user, role, problem) in [
        ("admin@acme", "administrator", None),
        ("advanced@acme", "advanced", Some("not-administrator")),
        ("basic@acme", "basic", Some("not-administrator")),
        ("basic@globex", "basic", Some("not-administrator")),
        (
            "admin@globex",
            "administrator",
            Some("account-not-verified"),
        ),
    ] {
        let token = stack.token(user).await;
        let get = async |path| stack.manage(&token, Method::GET, path, Value::Null).await;
        let account = get("/v1/account").await.json();
        let caller = &account["caller"];
        assert_eq!(
            (&caller["user"], &caller["role"]),
            (&json!(user), &json!(role))
        );
        // What the routes for keys say, word for word.
        let keys = get("/v1/keys").await;
        match problem {
            None => {
                assert_eq!(caller["manage_keys"], Value::Null, "{account}");
                assert_eq!(keys.status, StatusCode::OK);
            }
            Some(problem) => {
                assert_eq!(keys.problem(), problem);
                let told = keys.json();
                let expected = json!({
                    "type": told["type"], "title": told["title"], "detail": told["detail"]
                });
                assert_eq!(caller["manage_keys"], expected, "{user}");
            }
        }
    }
    let admin = stack.token("admin@globex").await;
    for (path, status) in [("/v1/account", 201), ("/v1/account/verification", 200)] {
        let answer = stack.manage(&admin, Method::POST, path, Value::Null).await;
        assert_eq!(answer.status.as_u16(), status);
        let caller = answer.json()["caller"].clone();
        assert_eq!(caller["user"], "admin@globex");
        let problem = caller["manage_keys"]["type"].as_str().unwrap_or_default();
        assert!(problem.ends_with("account-not-verified"), "{caller}");
    }
    // An operator is nobody's user.
    let operator = stack.token("operator@hubkeys").await;
    let verify = "/v1/accounts/globex/verify";
    let verified = stack
        .manage(&operator, Method::POST, verify, Value::Null)
        .await;
    let verified = verified.json();
    assert_eq!(
        (&verified["standing"], &verified["live_keys"]),
        (&json!("verified"), &json!(0))
    );
    assert!(verified.get("caller").is_none(), "{verified}");
}

#[tokio::test]
async fn an_account_counts_its_live_keys() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let other = stack.token("admin@initech").await;
    stack
        .create_key(&other, "Of another account", "basic")
        .await;
    let live = async || {
        let answer = stack
            .manage(&token, Method::GET, "/v1/account", Value::Null)
            .await;
        answer.json()["live_keys"].clone()
    };
    assert_eq!(live().await, 0);
    let (first, _) = stack.create_key(&token, "First", "basic").await;
    stack.create_key(&token, "Second", "hmac").await;
    assert_eq!(live().await, 2);
    for _ in 0..2 {
        stack.revoke(&token, &first).await;
        assert_eq!(live().await, 1);
    }
}
