//! The pages for the public and for staff. Thin: what is lawful is the kernel's, who sees what is the platform's, every
//! sentence is the wording's; here requests become commands and answers become pages. Works without a script. Beside
//! them the same for programs: [`api`].

mod account;
mod act;
mod admin;
pub mod api;
mod app;
mod campaign;
mod comparison;
mod desk;
mod download;
mod drafts;
mod figures;
mod file;
mod form;
mod frame;
mod general;
mod handover;
mod health;
mod home;
mod imports;
mod input;
mod look;
mod messages;
mod metrics;
mod morning;
mod notices;
mod panel;
mod papers;
mod progress;
mod record;
mod record_report;
mod remarks;
mod report;
mod report_data;
mod requests;
mod search;
mod sent;
mod session;
mod signing;
mod spool;
mod submit;
mod unfold;
mod wrong;

pub use app::{Options, Printer, PublishedReport, Site, router, serve};
