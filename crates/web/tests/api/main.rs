//! The API, asked as a program asks it. Every answer is held against the description of the API.
#![allow(clippy::unwrap_used)] // what fails here is the test

#[path = "../common/mod.rs"]
mod common;

mod acts;
mod client;
mod description;
mod files;
mod guide;
mod people;
mod problems;
mod public;
mod records;
