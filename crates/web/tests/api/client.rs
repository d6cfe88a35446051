//! A program with a token or a session. What it is answered must be what the description says.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::common::Site;

/// The description of the API.
pub static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(&web::api::description()).unwrap());

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Value,
}

impl Answer {
    /// The answer, which must have this status.
    #[track_caller]
    pub fn is(self, status: u16) -> Answer {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.json);
        self
    }

    /// A problem of this type, with this status.
    #[track_caller]
    pub fn problem(self, status: u16, kind: &str) -> Value {
        let answer = self.is(status);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert_eq!(answer.json["type"], format!("urn:fazhi:{kind}"), "{:#}", answer.json);
        assert_eq!(answer.json["status"], status);
        answer.json
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A program.
#[derive(Clone)]
pub struct Client {
    router: Router,
    headers: Vec<(String, String)>,
}

static KEYS: AtomicU64 = AtomicU64::new(1);

/// An idempotency key that nobody has used.
pub fn key() -> String {
    format!("0f8fad5b-d9cb-469f-a165-{:012x}", KEYS.fetch_add(1, Ordering::Relaxed))
}

impl Client {
    /// Somebody whom nobody knows.
    pub fn anyone(site: &Site) -> Client {
        Client { router: site.router(), headers: Vec::new() }
    }

    /// A program of somebody's, with a token that may act.
    pub fn of(site: &Site, who: &str) -> Client {
        Client::anyone(site).with("authorization", &format!("Bearer {}", token(site, who, true)))
    }

    pub fn with(mut self, name: &str, value: &str) -> Client {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    /// Sends JSON, under a key of its own.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        let fresh = key();
        let own = self.headers.iter().any(|(name, _)| name == "idempotency-key");
        let client = if own { self.clone() } else { self.clone().with("idempotency-key", &fresh) };
        client.call(Method::POST, path, Some(body.to_string())).await
    }

    /// The same on a record that was seen at this version.
    pub async fn on(&self, version: u32, path: &str, body: Value) -> Answer {
        self.clone().with("if-match", &format!("\"{version}\"")).post(path, body).await
    }

    /// What is given out as it is, and not as JSON.
    pub async fn bytes(&self, path: &str) -> (StatusCode, Vec<u8>) {
        let mut request = Request::get(format!("/api/v1{path}"));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        (response.status(), response.into_body().collect().await.unwrap().to_bytes().into())
    }

    /// Sends a text as it is.
    pub async fn call(&self, method: Method, path: &str, body: Option<String>) -> Answer {
        let mut request = Request::builder().method(method.clone()).uri(format!("/api/v1{path}"));
        if body.is_some() && !self.headers.iter().any(|(name, _)| name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(body.unwrap_or_default())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let json = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        let answer = Answer { status, headers, json };
        as_described(&method, path, &answer);
        answer
    }
}

/// A token of somebody's.
pub fn token(site: &Site, who: &str, writes: bool) -> String {
    let token = format!("fazhi_{}", key());
    let made = site.platform.token_make(&site.person(who), &token, "示范程序", writes, 30).unwrap();
    assert_eq!(made, platform::TokenMade::Made);
    token
}

/// The operation of a path, if the API knows it.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let path = path.split('?').next().unwrap();
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let template: Vec<&str> = template.split('/').collect();
        template.len() == parts.len()
            && template.iter().zip(&parts).all(|(known, part)| known.starts_with('{') || known == part)
    };
    let (_, item) = DESCRIPTION["paths"].as_object().unwrap().iter().find(|(template, _)| fits(template))?;
    item.get(method.as_str().to_lowercase())
}

/// Holds an answer against the description.
fn as_described(method: &Method, path: &str, answer: &Answer) {
    let status = answer.status.as_str();
    let failed = answer.status.is_client_error() || answer.status.is_server_error();
    let content = match operation(method, path) {
        None if failed => {
            json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } })
        }
        None => return,
        Some(operation) => {
            let response = &operation["responses"][status];
            assert!(
                response.is_object(),
                "{method} {path} answers {status}, which is not described: {:#}",
                answer.json
            );
            response["content"].clone()
        }
    };
    if content.is_null() {
        assert_eq!(answer.json, Value::Null, "{method} {path} {status}");
        return;
    }
    let kind = answer.header("content-type");
    let schema =
        content.get(kind).unwrap_or_else(|| panic!("{method} {path} answers {kind}: {content}"))["schema"].clone();
    assert_fits(schema, &answer.json, &format!("{method} {path} {status}"));
}

/// Holds JSON against a schema of the description.
pub fn assert_fits(schema: Value, json: &Value, what: &str) {
    let whole = json!({ "allOf": [schema], "components": DESCRIPTION["components"] });
    let validator = jsonschema::draft202012::new(&whole).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(json).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{what}: {wrong:#?}\n{json:#}");
}
