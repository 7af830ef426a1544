//! Calls of APIs.

use super::Frame;
use super::measures::Measures;
use super::values::bounded;
use crate::model::{CallFact, Dimension, Metric, SpanId, TraceId, Value};
use dna_protocol::model::ApiCall;
use dna_protocol::pattern::pattern;
use dna_protocol::{Body, Event};

/// The first status that says that a call did not work.
const FAILED: u16 = 400;

pub(super) fn read(frame: &Frame<'_>, measures: &mut Measures) -> Vec<CallFact> {
    let calls = frame.events.iter().filter_map(|event| match &event.body {
        Body::ApiCall(call) => Some((event, call)),
        _ => None,
    });
    calls.map(|(event, call)| read_one(frame, event, call, measures)).collect()
}

/// Whether the page itself called it off: neither worked nor failed.
pub(super) fn is_called_off(call: &ApiCall) -> bool {
    call.status.is_none() && call.error.as_deref() == Some("abort")
}

fn read_one(frame: &Frame<'_>, event: &Event, call: &ApiCall, measures: &mut Measures) -> CallFact {
    let status = call.status.and_then(|status| u16::try_from(status).ok()).unwrap_or_default();
    let ok = status > 0 && status < FAILED;
    let api = api(call, frame.header.url_of(event));
    let at_ms = frame.clock.at(event);
    let duration_ms = call.duration.map_or(0.0, dna_protocol::field::Millis::get);
    let by = [(Dimension::Page, frame.page(event)), (Dimension::Api, Some(&*api))];
    if !is_called_off(call) {
        measures.add(Metric::ApiCalls, at_ms, Value::Count(1), &by);
        if ok {
            measures.add(Metric::ApiCallsOk, at_ms, Value::Count(1), &by);
        }
        if status > 0 && call.duration.is_some() {
            measures.add(Metric::ApiDuration, at_ms, Value::Sample(duration_ms), &by);
        }
    }
    let trace = call.trace_id.zip(call.span_id);
    let trace = trace.map(|(trace, span)| (TraceId(trace.0), SpanId(span.0)));
    CallFact { view: frame.view(event), at_ms, duration_ms, api, status, ok, trace }
}

/// `POST /api/transfers/{id}`, and of a host other than the page's `GET cards.example/v1/cards`.
fn api(call: &ApiCall, page: Option<&str>) -> String {
    let url = call.url.as_deref().unwrap_or_default();
    let made;
    let path = match call.template.as_deref() {
        Some(template) => template,
        None => {
            made = pattern(url, None);
            &made
        }
    };
    let host = host(url).filter(|host| page.and_then(self::host) != Some(host)).unwrap_or_default();
    bounded(format!("{} {host}{path}", call.method.as_deref().unwrap_or("GET")))
}

fn host(url: &str) -> Option<&str> {
    url.split_once("://")?.1.split('/').next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dna_protocol::field::{Address, Text};

    #[test]
    fn an_api_is_named_by_method_and_pattern_and_by_the_host_where_that_is_another() {
        let call = ApiCall {
            method: Some(Text::cut("POST")),
            url: Some(Address::cut("https://bank.example/api/transfers/42")),
            ..ApiCall::default()
        };
        let page = |url| api(&call, url);
        assert_eq!(page(Some("https://bank.example/x")), "POST /api/transfers/{id}");
        let elsewhere = "POST bank.example/api/transfers/{id}";
        assert_eq!(page(Some("miniprogram://wechat/pages/x")), elsewhere);
        assert_eq!(page(None), elsewhere);
    }
}
