//! Why a delivery has failed, and when it is tried again.

use super::limits::{ANSWER_TIMEOUT, RETRY_AFTER_MAX};
use super::subscription::{DeliveryError, DeliveryErrorCode};
use reqwest::Response;
use reqwest::header::RETRY_AFTER;
use std::time::Duration;

/// A delivery that has failed.
pub(super) struct Failure {
    pub(super) error: DeliveryError,
    /// How long the webhook wants to be left alone.
    pub(super) wait: Option<Duration>,
}

impl Failure {
    pub(super) fn new(code: DeliveryErrorCode, detail: String) -> Self {
        Self { error: DeliveryError { code, status: None, detail }, wait: None }
    }

    /// Of an answer that is not 2xx.
    pub(super) fn of(answer: &Response) -> Self {
        let seconds =
            answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let wait = seconds.map(|seconds| Duration::from_secs(seconds).min(RETRY_AFTER_MAX));
        let status = answer.status();
        let error = DeliveryError {
            code: DeliveryErrorCode::WebhookStatus,
            status: Some(status.as_u16()),
            detail: format!("the webhook answered {status}"),
        };
        Self { error, wait }
    }

    /// Of a request that was not answered.
    pub(super) fn unanswered(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            let detail =
                format!("the webhook did not answer within {} s", ANSWER_TIMEOUT.as_secs());
            return Self::new(DeliveryErrorCode::WebhookTimeout, detail);
        }
        // The address of a webhook may have a token in its path.
        let error = error.without_url();
        // reqwest says what it did, its source what the system said.
        let source = std::error::Error::source(&error).map(|source| format!(": {source}"));
        let detail =
            format!("the webhook cannot be reached: {error}{}", source.unwrap_or_default());
        Self::new(DeliveryErrorCode::WebhookUnreachable, detail)
    }
}

/// Between three quarters of `pause` and all of it, so that webhooks behind one door that comes
/// back do not come all at once.
pub(super) fn jittered(pause: Duration) -> Duration {
    let mut byte = [0];
    // Without randomness the pause is as good.
    let _ = getrandom::fill(&mut byte);
    pause.mul_f64(1.0 - f64::from(byte[0]) / 1024.0)
}
