//! Writes the seeds of every target into `corpus/`, from the vectors and the events of the tests.

use std::error::Error;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fuzz::Request;
use hubkeys_auth::UrlScheme;
use hubkeys_domain::Timestamp;
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests");
    for entry in fs::read_dir(tests.join("vectors"))? {
        let path = entry?.path();
        let file: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        for (at, case) in file["cases"].as_array().into_iter().flatten().enumerate() {
            if case.get("now").is_some() {
                write_case(&format!("{stem}-{at}"), case)?;
            }
        }
        // The files of parsers that disagree: every member has a header.
        for (at, case) in file.as_object().into_iter().flatten().enumerate() {
            if let Some(header) = case.1["header"].as_str() {
                write("authorization", &format!("{stem}-{at}"), header)?;
            }
        }
    }
    for entry in fs::read_dir(tests.join("events"))? {
        let path = entry?.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        write("event", &stem, fs::read(&path)?)?;
    }
    for (at, text) in TEXTS.iter().enumerate() {
        write("domain_texts", &at.to_string(), text)?;
    }
    // Bytes for the choices of the target that signs for itself.
    for seed in 0..64_u32 {
        let bytes: Vec<u8> = (0..256_u32)
            .map(|at| (seed * 256 + at).wrapping_mul(2_654_435_761).to_be_bytes()[0])
            .collect();
        write("altered", &seed.to_string(), bytes)?;
    }
    Ok(())
}

/// One of each of the domain's texts.
const TEXTS: [&str; 11] = [
    "hk_01jd3v9m2x8c5q7w4n6t0r1z2y",
    "hs_0000000000000000000000000000000000000000000000000",
    "Billing – EU",
    "hmac-sha256",
    "rfc9421",
    "2026-11-23T08:30:00.000Z",
    "account-1",
    r#"{"dialects":["hub-hmac"],"algorithms":["hmac-sha256"],"replay_protection":"all"}"#,
    r#"{"current":"1","1":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}"#,
    r#"{"kind":"sealed","keyring":"1","nonce":"AAAAAAAAAAAAAAAA","ciphertext":"AAAAAAAAAAAAAAAAAAAAAAAAAAA="}"#,
    "2.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
];

fn write_case(name: &str, case: &Value) -> Result<()> {
    let text = |member: &str| {
        case[member]
            .as_str()
            .ok_or_else(|| format!("{name} has no {member}"))
    };
    let body = STANDARD.decode(case["body_base64"].as_str().unwrap_or_default())?;
    let request = Request {
        now: text("now")?.parse::<Timestamp>()?,
        scheme: UrlScheme::from_name(text("url_scheme")?).ok_or("no scheme of a URL")?,
        method: text("method")?.to_owned(),
        target: text("target")?.to_owned(),
        headers: serde_json::from_value(case["headers"].clone())?,
        body,
    };
    write("request", name, request.print())?;
    let document = json!({
        "method": request.method,
        "target": request.target,
        "headers": request.headers,
        "body_base64": case["body_base64"],
        "url_scheme": case["url_scheme"],
    });
    write("event", name, document.to_string())?;
    let value = |name: &str| request.values(name).first().copied().unwrap_or_default();
    if let [authorization] = request.values("authorization")[..] {
        write("authorization", name, authorization)?;
    }
    if let [input] = request.values("signature-input")[..] {
        let fields = [input, value("signature"), value("content-digest")];
        write("structured_fields", name, fields.join("\n"))?;
    }
    let names = [
        "date",
        "x-date",
        "content-md5",
        "x-content-md5",
        "digest",
        "content-digest",
    ];
    let fields = names.map(value).join("\n").into_bytes();
    let with_body = [fields.as_slice(), b"\n", &request.body].concat();
    write("digests_and_dates", name, with_body)
}

fn write(target: &str, name: &str, seed: impl AsRef<[u8]>) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(name), seed)?)
}
