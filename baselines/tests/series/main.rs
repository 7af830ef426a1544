//! What a monitoring service notices of a series.

mod made;
mod normal;
mod odd;
mod rates;
mod shifts;
mod state;
