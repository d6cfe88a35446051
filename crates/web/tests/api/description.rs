//! The description of the API: complete, and the same as the one in the documents.

use std::path::Path;

use serde_json::Value;

use crate::client::{Client, DESCRIPTION, assert_fits};
use crate::common::Site;

#[test]
fn the_committed_description_is_that_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let now = web::api::description();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == now,
        "docs/openapi.json is not what the code says; run the test with UPDATE=1 and read the diff"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_is_served() {
    let site = Site::new();
    let served = Client::anyone(&site).get("/openapi.json").await.is(200);
    assert_eq!(served.json, *DESCRIPTION);
    assert_eq!(served.json["openapi"], "3.1.0");
}

#[test]
fn every_operation_has_a_name_a_summary_and_its_ways_to_fail() {
    let mut names = Vec::new();
    for (path, item) in DESCRIPTION["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{method} {path}");
            names.push(operation["operationId"].as_str().unwrap().to_owned());
            assert!(operation["summary"].is_string(), "{at}");
            for status in ["400", "404", "405", "406", "500", "503"] {
                let content = &operation["responses"][status]["content"]["application/problem+json"];
                assert_eq!(content["schema"]["$ref"], "#/components/schemas/Problem", "{at} {status}");
            }
            let placeholders = path.matches('{').count();
            let of_path = |one: &&Value| one["in"] == "path";
            assert_eq!(
                operation["parameters"].as_array().unwrap().iter().filter(of_path).count(),
                placeholders,
                "{at}"
            );
        }
    }
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all, "an operation's name is its own");
    assert!(all >= 25, "{all}");
}

#[test]
fn examples_fit_their_schemas() {
    for (name, schema) in DESCRIPTION["components"]["schemas"].as_object().unwrap() {
        for example in schema["examples"].as_array().into_iter().flatten() {
            let reference = serde_json::json!({ "$ref": format!("#/components/schemas/{name}") });
            assert_fits(reference, example, name);
        }
    }
}
