//! The pages for the public and for staff. Thin: what is lawful is the kernel's, who sees what is the platform's, every
//! sentence is the wording's; here requests become commands and answers become pages. Works without a script.

mod act;
mod app;
mod desk;
mod figures;
mod form;
mod frame;
mod general;
mod health;
mod home;
mod input;
mod metrics;
mod progress;
mod record;
mod report;
mod requests;
mod search;
mod session;
mod submit;
mod wrong;

pub use app::{Options, PublishedReport, Site, router, serve};
