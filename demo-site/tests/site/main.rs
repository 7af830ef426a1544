//! The whole bank in process: every route, as a browser and as a careless client would ask.

mod api;
mod pages;
mod sdk;
mod support;
