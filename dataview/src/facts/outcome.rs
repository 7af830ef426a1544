//! What went well and what did not.

use super::calls::is_called_off;
use dna_protocol::Body;

/// Whether `body` tells of something that went well.
#[must_use]
pub fn is_ok(body: &Body) -> bool {
    match body {
        Body::Exception(_)
        | Body::UnhandledRejection(_)
        | Body::ResourceFailure(_)
        | Body::Report(_)
        | Body::Console(_)
        | Body::MemoryWarning(_) => false,
        Body::ApiCall(call) => {
            is_called_off(call)
                || call.error.is_none() && call.status.is_none_or(|status| status < 400)
        }
        Body::PageView(page) => page.response_status.is_none_or(|status| status < 400),
        Body::Transaction(step) => step.outcome.as_deref().is_none_or(|outcome| outcome == "ok"),
        Body::UserAction(action) => action.frustration.is_none(),
        Body::NetworkChange(network) => network.state.as_deref() != Some("offline"),
        Body::WebVital(_)
        | Body::Custom(_)
        | Body::Identity(_)
        | Body::RouteChange(_)
        | Body::Resource(_)
        | Body::LongFrame(_)
        | Body::Mark(_)
        | Body::Visibility(_)
        | Body::AppLaunch(_)
        | Body::PageLoad(_)
        | Body::CodeLoad(_)
        | Body::DataUpdate(_) => true,
    }
}
