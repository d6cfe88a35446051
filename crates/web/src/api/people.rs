//! Who calls, who works here, and how one signs in.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use platform::SignIn;
use serde::{Deserialize, Serialize};
use terms::Digest;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Reader, Way, Writer};
use super::taking::Body;
use super::trouble::{self, Problem, Trouble};
use super::words::{AgencyName, Named, instant};
use crate::app::App;
use crate::session::{random, with_cookie};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(me))
        .routes(routes!(directory))
        .routes(routes!(sign_in, sign_out))
        .routes(routes!(tokens))
        .routes(routes!(revoke))
}

/// Who calls, and how.
#[derive(Serialize, ToSchema)]
struct Me {
    account: String,
    name: String,
    /// Code of the government.
    government: String,
    agency: AgencyName,
    posts: Vec<Named>,
    /// `token` or `session`.
    by: &'static str,
    /// You may act, and not only read.
    writes: bool,
    /// Of a session: send it as `X-Fazhi-Secret` with everything that writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// Tells who you are.
#[utoipa::path(get, path = "/me", tag = "people", operation_id = "getMe",
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = Me)))]
async fn me(State(app): State<App>, reader: Reader) -> Result<Json<Me>, Trouble> {
    let Reader { person, way, .. } = reader;
    let government = person.government.clone();
    let directory = app.ask(move |platform| platform.directory(&government)).await?;
    let (by, writes, secret) = match way {
        Way::Token { writes } => ("token", writes, None),
        Way::Session { secret, .. } => ("session", true, Some(secret)),
    };
    Ok(Json(Me {
        account: person.account.to_string(),
        name: person.shown.clone(),
        government: person.government.to_string(),
        agency: AgencyName::of(&directory, &person.agency),
        posts: person.posts.iter().map(|post| Named::post(&app.platform, post)).collect(),
        by,
        writes,
        secret,
    }))
}

/// Somebody with an account.
#[derive(Serialize, ToSchema)]
struct Colleague {
    account: String,
    name: String,
    /// Code of the agency.
    agency: String,
}

/// Who works in the government.
#[derive(Serialize, ToSchema)]
struct DirectoryView {
    agencies: Vec<AgencyName>,
    people: Vec<Colleague>,
}

/// Lists the agencies of the government and who has an account.
#[utoipa::path(get, path = "/directory", tag = "people", operation_id = "getDirectory",
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = DirectoryView)))]
async fn directory(State(app): State<App>, reader: Reader) -> Result<Json<DirectoryView>, Trouble> {
    let directory = app.ask(move |platform| platform.directory(&reader.person.government)).await?;
    let agency = |(code, name): &(terms::Code, String)| AgencyName { code: code.to_string(), name: name.clone() };
    let colleague = |(account, name, agency): &(terms::Code, String, terms::Code)| Colleague {
        account: account.to_string(),
        name: name.clone(),
        agency: agency.to_string(),
    };
    Ok(Json(DirectoryView {
        agencies: directory.agencies.iter().map(agency).collect(),
        people: directory.people.iter().map(colleague).collect(),
    }))
}

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    name: String,
    #[schema(format = Password)]
    password: String,
}

/// A session that has begun; its cookie came with the answer.
#[derive(Serialize, ToSchema)]
struct SessionView {
    account: String,
    name: String,
    /// Send it as `X-Fazhi-Secret` with everything that writes.
    secret: String,
}

/// Begins a session, as the sign-in page does: the cookie comes with the answer. For programs an access token is better.
#[utoipa::path(post, path = "/session", tag = "people", operation_id = "signIn", request_body = Credentials,
    responses((status = 201, body = SessionView), (status = 401, body = Problem), (status = 429, body = Problem)))]
async fn sign_in(State(app): State<App>, Body(given): Body<Credentials>) -> Result<Response, Trouble> {
    let government = app.options.government.clone();
    let Credentials { name, password } = given;
    let person = match app.ask(move |platform| platform.sign_in(&government, name.trim(), &password)).await? {
        SignIn::In(person) => person,
        SignIn::No => return Err(trouble::WRONG_PASSWORD.into()),
        SignIn::Wait { minutes } => {
            return Err(Trouble { after: Some(minutes.saturating_mul(60)), ..trouble::WAIT.into() });
        }
    };
    let (token, secret) = (random()?, random()?);
    let view = SessionView { account: person.account.to_string(), name: person.shown.clone(), secret: secret.clone() };
    let begun = token.clone();
    app.ask(move |platform| platform.session_begin(&person, &begun, &secret)).await?;
    Ok(with_cookie(&app, &token, (StatusCode::CREATED, Json(view)).into_response())?)
}

/// Ends the session.
#[utoipa::path(delete, path = "/session", tag = "people", operation_id = "signOut",
    security(("session" = [], "secret" = [])),
    responses((status = 204, description = "It has ended."), (status = 404, body = Problem)))]
async fn sign_out(State(app): State<App>, writer: Writer) -> Result<Response, Trouble> {
    let Way::Session { token, .. } = writer.way else { return Err(trouble::NOT_FOUND.into()) };
    let government = writer.person.government;
    app.ask(move |platform| platform.session_end(&government, &token)).await?;
    Ok(with_cookie(&app, "", StatusCode::NO_CONTENT.into_response())?)
}

/// An access token of yours; the token itself is shown once, on the page that makes it.
#[derive(Serialize, ToSchema)]
struct TokenView {
    /// Its SM3: names it, and is of no use to anybody else.
    id: String,
    label: String,
    /// It allows to act, and not only to read.
    writes: bool,
    #[schema(format = DateTime)]
    made: String,
    #[schema(format = DateTime)]
    expires: String,
    /// When it was last used, to the minute or so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    used: Option<String>,
}

/// Your access tokens.
#[derive(Serialize, ToSchema)]
struct TokenList {
    tokens: Vec<TokenView>,
}

/// Lists your access tokens, newest first.
#[utoipa::path(get, path = "/tokens", tag = "people", operation_id = "listTokens",
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = TokenList)))]
async fn tokens(State(app): State<App>, reader: Reader) -> Result<Json<TokenList>, Trouble> {
    let rows = app.ask(move |platform| platform.tokens(&reader.person)).await?;
    let view = |row: ledger::TokenRow| TokenView {
        id: row.token.to_string(),
        label: row.label,
        writes: row.writes,
        made: instant(row.made),
        expires: instant(row.expires),
        used: (row.used > 0).then(|| instant(row.used)),
    };
    Ok(Json(TokenList { tokens: rows.into_iter().map(view).collect() }))
}

/// Takes back an access token of yours, for ever.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "people", operation_id = "revokeToken",
    params(("id" = String, Path, description = "The token's id, as the list has it.")),
    security(("token" = []), ("session" = [], "secret" = [])),
    responses((status = 204, description = "It is worth nothing from now on."), (status = 404, body = Problem)))]
async fn revoke(State(app): State<App>, writer: Writer, Path(id): Path<String>) -> Result<StatusCode, Trouble> {
    let token: Digest = id.parse().map_err(|_| trouble::NOT_FOUND)?;
    let gone = app.ask(move |platform| platform.token_end(&writer.person, token)).await?;
    if gone { Ok(StatusCode::NO_CONTENT) } else { Err(trouble::NOT_FOUND.into()) }
}
