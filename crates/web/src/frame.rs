//! What stands around every page.

use std::fmt::{Display, Write};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use platform::{Light, Person};
use procedure::{Language, Said};
use terms::{Date, GovernmentCode};

use crate::app::App;
use crate::wrong::Wrong;

/// The frame of a page: language, title, who is here.
#[derive(Clone)]
pub(crate) struct Frame {
    pub language: Language,
    pub title: String,
    /// Path and query of this page, to come back to.
    pub path: String,
    pub section: &'static str,
    pub person: Option<Person>,
    /// The visitor administers, and does no business.
    pub administers: bool,
    /// The visitor reads the administrators' log.
    pub audits: bool,
    pub token: String,
    pub synthetic: bool,
    /// Which governments' records are still coming in; empty: none.
    pub coming: String,
    pub place: String,
    /// The most bytes of a file that comes with a form.
    pub attachment_limit: u64,
    pub flash: Vec<String>,
    /// Large print.
    pub large: bool,
    /// How many notices wait to be read.
    pub unread: u32,
    /// The person holds a post that leads, and has a morning.
    pub leads: bool,
}

impl Frame {
    /// The frame without a visitor.
    pub fn bare(app: &App, language: Language, path: String) -> Frame {
        let place = place(app, language, &app.options.government);
        Frame {
            language,
            title: String::new(),
            path,
            section: "",
            person: None,
            administers: false,
            audits: false,
            token: String::new(),
            synthetic: app.synthetic.load(Ordering::Relaxed),
            coming: app.coming.read().unwrap_or_else(PoisonError::into_inner).clone(),
            place,
            attachment_limit: app.options.attachment_limit,
            flash: Vec::new(),
            large: false,
            unread: 0,
            leads: false,
        }
    }

    /// How many notices wait, as the menu says it; empty: none.
    pub fn waiting(&self) -> String {
        match self.unread {
            0 => String::new(),
            many if many > platform::MOST_UNREAD => format!("{}+", platform::MOST_UNREAD),
            few => few.to_string(),
        }
    }

    /// With the title that has this code.
    pub fn titled(mut self, code: &str) -> Frame {
        self.title = self.t(code);
        self
    }

    /// With a title of its own.
    pub fn named(mut self, title: impl Into<String>) -> Frame {
        self.title = title.into();
        self
    }

    /// In this part of the menu.
    pub fn within(mut self, section: &'static str) -> Frame {
        self.section = section;
        self
    }

    /// A sentence.
    pub fn t(&self, code: &str) -> String {
        wording::say(self.language, code, &[])
    }

    /// A sentence with one thing filled in.
    pub fn t1(&self, code: &str, name: &str, value: impl Display) -> String {
        wording::say(self.language, code, &[(name, value.to_string())])
    }

    /// A sentence with two things filled in.
    pub fn t2(&self, code: &str, name: &str, value: impl Display, other: &str, second: impl Display) -> String {
        wording::say(self.language, code, &[(name, value.to_string()), (other, second.to_string())])
    }
    /// A sentence of the catalogue.
    pub fn said(&self, said: &Said) -> String {
        said.get(self.language).to_owned()
    }

    /// The language's tag.
    pub fn lang(&self) -> &'static str {
        wording::tag(self.language)
    }

    /// Whether the page is in Chinese.
    pub fn chinese(&self) -> bool {
        self.language == Language::Zh
    }

    /// The sign after a word that something follows.
    pub fn colon(&self) -> &'static str {
        if self.chinese() { "：" } else { ": " }
    }

    /// Whether whoever is here may bring in files.
    pub fn imports(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.posts.contains(&platform::steward()))
    }

    /// For `aria-current`.
    pub fn here(&self, section: &str) -> bool {
        self.section == section
    }
}

/// What a government is called.
pub(crate) fn place(app: &App, language: Language, government: &GovernmentCode) -> String {
    let region = app.platform.catalog().regions.get(government, app.platform.now().date());
    let name = region.map(|region| match (language, &region.name_en) {
        (Language::En, Some(name)) => name.clone(),
        _ => region.name.clone(),
    });
    name.unwrap_or_else(|| government.to_string())
}

/// A page as an answer.
pub(crate) fn page(template: &impl Template) -> Result<Response, Wrong> {
    Ok(Html(template.render()?).into_response())
}

/// Text as part of a query.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            // Writing into a text cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A query of these parts, those without a value left out.
pub(crate) fn query(parts: &[(&str, &str)]) -> String {
    let given = parts.iter().filter(|(_, value)| !value.is_empty());
    let parts: Vec<String> = given.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

/// How near a due day is: colour, word and shape, never colour alone.
#[derive(Clone, Debug)]
pub(crate) struct LightView {
    pub class: &'static str,
    pub shape: &'static str,
    pub word: String,
    /// How many days are left or past.
    pub left: String,
}

impl LightView {
    /// The light of a day.
    pub fn of(frame: &Frame, light: Light, due: Option<(Date, Date)>) -> LightView {
        let (class, shape) = match light {
            Light::Late => ("late", "▲"),
            Light::Soon => ("soon", "◆"),
            Light::Fine => ("fine", "●"),
            Light::Provisional => ("provisional", "○"),
        };
        let left = due.map(|(due, today)| {
            let days = due.duration_since(today).as_hours() / 24;
            match days {
                0 => frame.t("days-today"),
                1.. => frame.t1("days-left", "days", days),
                _ => frame.t1("days-late", "days", -days),
            }
        });
        LightView { class, shape, word: frame.t(&format!("light-{class}")), left: left.unwrap_or_default() }
    }

    /// A light that is no warning.
    pub fn quiet(frame: &Frame, code: &str) -> LightView {
        LightView { class: "quiet", shape: "–", word: frame.t(code), left: String::new() }
    }
}
