//! A browser with its cookies, asked through the router.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::common::Site;

pub struct Visitor {
    router: Router,
    pub cookies: Vec<(String, String)>,
}

/// An answer: status, where it sends the browser, the page.
pub struct Page {
    pub status: StatusCode,
    pub location: String,
    pub text: String,
}

impl Page {
    pub fn has(&self, words: &str) -> &Page {
        assert!(self.text.contains(words), "`{words}` is not on the page ({}):\n{}", self.status, self.text);
        self
    }
    pub fn lacks(&self, words: &str) -> &Page {
        assert!(!self.text.contains(words), "`{words}` is on the page:\n{}", self.text);
        self
    }
    pub fn is(&self, status: StatusCode) -> &Page {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
    /// The value of the first input with this name.
    pub fn input(&self, name: &str) -> String {
        let at = self.text.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name}: {}", self.text));
        let rest = &self.text[at..];
        rest[rest.find("value=\"").unwrap() + 7..].split('"').next().unwrap().to_owned()
    }
}

impl Visitor {
    pub fn new(site: &Site) -> Visitor {
        Visitor { router: site.router(), cookies: Vec::new() }
    }

    pub async fn signed_in(site: &Site, name: &str, password: &str) -> Visitor {
        let mut visitor = Visitor::new(site);
        let page = visitor.post("/sign-in", &[("name", name), ("password", password)]).await;
        page.is(StatusCode::SEE_OTHER);
        visitor
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path), Body::empty()).await
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let form: Vec<String> =
            form.iter().map(|(name, value)| format!("{}={}", quoted(name), quoted(value))).collect();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(form.join("&"))).await
    }

    /// Sends a form with the token of the session, as its own pages carry it.
    pub async fn sends(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.get("/password").await.input("token");
        let mut form = vec![("token", token.as_str())];
        form.extend(fields);
        self.post(path, &form).await
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Page {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(header::COOKIE, cookies.join("; ")).body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(name, _)| name != pair.0);
            self.cookies.push((pair.0.to_owned(), pair.1.to_owned()));
        }
        let status = response.status();
        let location = response.headers().get(header::LOCATION);
        let location = location.map(|at| at.to_str().unwrap().to_owned()).unwrap_or_default();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Page { status, location, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }
}

pub fn quoted(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
