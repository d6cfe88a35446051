//! The description of the API (OpenAPI 3.1), made from the handlers and their types. What every call has in common is
//! added here once.

use serde_json::{Value, json};
use utoipa::openapi::{InfoBuilder, OpenApi, ServerBuilder};

use super::BASE;
use super::caller::SECRET_HEADER;
use crate::session::SESSION_COOKIE;

const ABOUT: &str = "Everything that the pages do, for programs. Every failure is a problem after RFC 9457, in the language \
                     of `Accept-Language` (zh or en). See docs/api.md.";

/// The whole document.
pub(super) fn document(api: OpenApi) -> String {
    let info = InfoBuilder::new().title("Fazhi 法治").version("1").description(Some(ABOUT)).build();
    let server = ServerBuilder::new().url(BASE).build();
    let mut api = api;
    (api.info, api.servers) = (info, Some(vec![server]));
    // What was made of types writes as JSON.
    let mut document = serde_json::to_value(api).unwrap_or_default();
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, item) in paths {
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                complete(path, method, operation);
            }
        }
    }
    document["components"]["securitySchemes"] = json!({
        "token": { "type": "http", "scheme": "bearer", "description": "An access token, made on the page of your account." },
        "session": { "type": "apiKey", "in": "cookie", "name": SESSION_COOKIE, "description": "The session of the pages." },
        "secret": {
            "type": "apiKey", "in": "header", "name": SECRET_HEADER,
            "description": "The session's secret, as `GET /me` tells it: needed with the cookie for everything that writes.",
        },
    });
    document["tags"] = json!([
        { "name": "people", "description": "Who calls, who works here, signing in." },
        { "name": "lines", "description": "Lines of business and their definitions." },
        { "name": "records", "description": "Records, with their limits, their history, and what may be done now." },
        { "name": "acts", "description": "What is done to records." },
        { "name": "publications", "description": "What is published, for everybody." },
        { "name": "figures", "description": "Figures and the year's report." },
    ]);
    let mut text = serde_json::to_string_pretty(&sorted(document)).unwrap_or_default();
    text.push('\n');
    text
}

/// What every call of its kind has: headers that must come, and ways to fail.
fn complete(path: &str, method: &str, operation: &mut Value) {
    let commands = operation["tags"] == json!(["acts"]);
    let secured = operation.get("security").is_some();
    let body = operation.get("requestBody").is_some();
    let mut parameters: Vec<Value> = operation["parameters"].as_array().cloned().unwrap_or_default();
    if commands {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": true,
            "description": "A UUID that names the command: the same again gets the first answer, the same with something \
                            else is refused.",
            "schema": { "type": "string", "format": "uuid" },
            "example": "0f8fad5b-d9cb-469f-a165-70867728950e",
        }));
        if path.contains("{id}") {
            parameters.push(json!({
                "name": "If-Match", "in": "header", "required": true,
                "description": "The `ETag` of the record that you saw, or `*` for whichever stands.",
                "schema": { "type": "string", "pattern": "^(\\*|\"[0-9]+\")$" },
                "example": "\"3\"",
            }));
        }
    }
    parameters.push(json!({
        "name": "Accept-Language", "in": "header", "required": false,
        "description": "The language of sentences: zh (if not said) or en.",
        "schema": { "type": "string" }, "example": "en",
    }));
    // A parameter that is not given is left out: none is ever null.
    for parameter in &mut parameters {
        unnull(&mut parameter["schema"]);
    }
    operation["parameters"] = parameters.into();
    // A token that is not known gets nothing, also where none is needed.
    let mut statuses = vec!["400", "401", "404", "405", "406", "500", "503"];
    if secured && method != "get" {
        statuses.push("403");
    }
    if body {
        statuses.extend(["413", "415", "422"]);
    }
    if commands {
        statuses.extend(["409", "422"]);
    }
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for status in statuses {
        responses.entry(status).or_insert_with(|| json!({ "$ref": "" }));
    }
    for (status, response) in responses.iter_mut() {
        if status.starts_with(['4', '5']) {
            *response = problem(status);
        } else if response["description"].as_str().unwrap_or_default().is_empty() {
            response["description"] = done(status).into();
        }
    }
}

fn unnull(schema: &mut Value) {
    let types: Vec<Value> = schema["type"].as_array().cloned().unwrap_or_default();
    if let [one] = types.iter().filter(|kind| **kind != "null").collect::<Vec<_>>().as_slice() {
        schema["type"] = (*one).clone();
    }
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.retain(|value| !value.is_null());
    }
}

/// With all members in the order of their names, however the library keeps them: the text is compared.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(all) => {
            let mut all: Vec<(String, Value)> = all.into_iter().map(|(name, one)| (name, sorted(one))).collect();
            all.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(all.into_iter().collect())
        }
        Value::Array(all) => Value::Array(all.into_iter().map(sorted).collect()),
        other => other,
    }
}

fn problem(status: &str) -> Value {
    json!({
        "description": failed(status),
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    })
}

fn done(status: &str) -> &'static str {
    match status {
        "201" => "It was made.",
        _ => "Here it is.",
    }
}

fn failed(status: &str) -> &'static str {
    match status {
        "400" => "A parameter, a header or the JSON cannot be read.",
        "401" => "Nobody is signed in, or name and password do not fit together.",
        "403" => "The token only reads, or the session's secret is missing.",
        "404" => "There is none, or not for you.",
        "405" => "The address knows other methods.",
        "406" => "Only JSON can be had.",
        "409" => "The law says no: rule, article, lawful way. Or another record holds the value.",
        "412" => "Somebody was quicker; `version` is the record's version now.",
        "413" => "Too much was sent.",
        "415" => "Only JSON is taken.",
        "422" => "Something is missing or wrong, each thing with its pointer; or the law wants a reason.",
        "428" => "`If-Match` is missing.",
        "429" => "Too many attempts failed; `Retry-After` says when to try again.",
        "503" => "Disk, network or database fail; try again.",
        _ => "A mistake of ours.",
    }
}
