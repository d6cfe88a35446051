//! One's own account: who one is, and the access tokens of one's programs.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use ledger::{Fault, TokenRow};
use platform::{Person, Platform, TOKEN_DAYS, TokenMade};

use crate::app::App;
use crate::form::{Control, Look, posts};
use crate::frame::{Frame, page};
use crate::input::{Errors, Posted};
use crate::record::civil;
use crate::session::{Visitor, random};
use crate::wrong::Wrong;

struct TokenView {
    id: String,
    label: String,
    may: String,
    made: String,
    expires: String,
    used: String,
    expired: bool,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    f: Frame,
    name: String,
    agency: String,
    posts: String,
    tokens: Vec<TokenView>,
    controls: Vec<Control>,
    /// A token that was just made: shown this once.
    fresh: Option<String>,
    wrong: Option<String>,
}

/// The lives of a token to choose from, in days.
const DAYS: [u32; 4] = [7, 30, 90, TOKEN_DAYS];
/// The longest label.
const LABEL: usize = 60;
/// What a token begins with, so that one that got lost is known for what it is.
const PREFIX: &str = "fazhi_";

/// The account, with its tokens.
pub(crate) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let frame = visitor.told().await?;
    let posted = Posted(vec![("days".to_owned(), "90".to_owned())]);
    let made = app.ask(move |platform| build(platform, frame, &person, &posted, &Errors::default())).await?;
    page(&made)
}

fn build(
    platform: &Platform,
    frame: Frame,
    person: &Person,
    posted: &Posted,
    errors: &Errors,
) -> Result<AccountPage, Fault> {
    let frame = frame.titled("account-title").within("account");
    let directory = platform.directory(&person.government)?;
    let now = platform.instant();
    let tokens = platform.tokens(person)?;
    let plain = |name: &str, code: &str, look, must| Control::plain(name, frame.t(code), look, must, posted, errors);
    let days = DAYS.map(|days| (days.to_string(), frame.t1("account-token-days", "days", days)));
    let may = [("no", "account-token-reads"), ("yes", "account-token-writes")];
    let may = may.map(|(code, word)| (code.to_owned(), frame.t(word)));
    let controls = vec![
        plain("label", "account-token-label", Look::Line, true).hinted(frame.t("account-token-label-hint")),
        plain("days", "account-token-life", Look::Radio, true).choosing(days),
        plain("writes", "account-token-may", Look::Radio, true).choosing(may),
    ];
    Ok(AccountPage {
        name: format!("{} ({})", person.shown, person.account),
        agency: directory.agency(&person.agency),
        posts: wording::list(frame.language, &posts(&frame, platform, &person.posts)),
        tokens: tokens.iter().map(|row| token_view(&frame, row, now)).collect(),
        controls,
        fresh: None,
        wrong: None,
        f: frame,
    })
}

fn token_view(frame: &Frame, row: &TokenRow, now: i64) -> TokenView {
    TokenView {
        id: row.token.to_string(),
        label: row.label.clone(),
        may: frame.t(if row.writes { "account-token-writes" } else { "account-token-reads" }),
        made: civil(row.made),
        expires: civil(row.expires),
        used: if row.used == 0 { frame.t("account-token-unused") } else { civil(row.used) },
        expired: row.expires <= now,
    }
}

/// Makes a token, and shows it this once.
pub(crate) async fn make(
    State(app): State<App>,
    visitor: Visitor,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let posted = Posted(typed);
    visitor.check(posted.get("token"))?;
    let frame = visitor.told().await?;
    let mut errors = Errors::default();
    let missing = |code: &str| frame.t1("gap-missing", "field", frame.t(code));
    let label = posted.text("label").to_owned();
    if label.is_empty() {
        errors.add("label", missing("account-token-label"));
    }
    if label.chars().count() > LABEL || label.contains(char::is_control) {
        errors.add("label", frame.t1("account-token-long", "most", LABEL));
    }
    let days: u32 = posted.text("days").parse().unwrap_or(0);
    if !DAYS.contains(&days) {
        errors.add("days", missing("account-token-life"));
    }
    let writes = posted.text("writes");
    if !matches!(writes, "yes" | "no") {
        errors.add("writes", missing("account-token-may"));
    }
    let writes = writes == "yes";
    let token = format!("{PREFIX}{}{}", random()?, random()?);
    let made = app
        .ask(move |platform| {
            let outcome = match errors.0.is_empty() {
                true => Some(platform.token_make(&person, &token, &label, writes, days)?),
                false => None,
            };
            let fresh = Posted(vec![("days".to_owned(), "90".to_owned())]);
            let posted = if outcome == Some(TokenMade::Made) { &fresh } else { &posted };
            let mut page = build(platform, frame, &person, posted, &errors)?;
            match outcome {
                Some(TokenMade::Made) => page.fresh = Some(token),
                Some(TokenMade::TooMany) => {
                    page.wrong = Some(page.f.t1("account-token-many", "most", platform::TOKENS))
                }
                Some(TokenMade::BadDays) | None => page.wrong = Some(page.f.t("answer-incomplete")),
            }
            Ok::<_, Fault>(page)
        })
        .await?;
    let status = if made.fresh.is_some() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, page(&made)?).into_response())
}

/// Takes back a token.
pub(crate) async fn end(
    State(app): State<App>,
    visitor: Visitor,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, Wrong> {
    let person = visitor.person()?;
    let posted = Posted(typed);
    visitor.check(posted.get("token"))?;
    let token = posted.text("id").parse().map_err(|_| Wrong::NotFound)?;
    if app.ask(move |platform| platform.token_end(&person, token)).await? {
        visitor.tell(vec![visitor.frame.t("account-token-ended")]).await?;
    }
    Ok(Redirect::to("/account").into_response())
}
