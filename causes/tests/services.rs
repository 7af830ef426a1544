//! Incidents of services made by hand: who must be named.

use dna_causes::services::{
    Call, Change, Operation, ServiceExplanation, ServiceWhyNot, Services, ServicesError, Symptom,
    Work, explain,
};

fn work(spans: f64, errors: f64, exclusive_each: f64, total_each: f64) -> Work {
    Work { spans, errors, exclusive_ms: spans * exclusive_each, total_ms: spans * total_each }
}

fn operation(service: &str, before: Work, now: Work) -> Operation {
    Operation {
        service: service.to_owned(),
        operation: "op".to_owned(),
        before,
        now,
        ..Operation::default()
    }
}

fn call(caller: usize, callee: usize, errors_before: f64, errors_now: f64) -> Call {
    Call { caller, callee, errors_before, errors_now }
}

/// gateway → account → database; 10,000 requests before, 1,000 now; 10, 20 and 30 ms of their own.
/// The extra milliseconds of each now are the test's.
fn chain(extra: [f64; 3]) -> Services {
    let totals = [60.0 + extra.iter().sum::<f64>(), 50.0 + extra[1] + extra[2], 30.0 + extra[2]];
    let own = [10.0, 20.0, 30.0];
    let names = ["gateway", "account", "database"];
    let operations = (0..3)
        .map(|index| {
            operation(
                names[index],
                work(10_000.0, 0.0, own[index], [60.0, 50.0, 30.0][index]),
                work(1_000.0, 0.0, own[index] + extra[index], totals[index]),
            )
        })
        .collect();
    Services {
        requests_before: work(10_000.0, 0.0, 0.0, 60.0),
        requests_now: work(1_000.0, 0.0, 0.0, totals[0]),
        operations,
        calls: vec![call(0, 1, 0.0, 0.0), call(1, 2, 0.0, 0.0)],
    }
}

fn first(told: &ServiceExplanation) -> &str {
    assert!(!told.outside, "{told:#?}");
    &told.causes[0].operation.service
}

#[test]
fn the_one_that_became_slower_is_named_not_those_that_wait_for_it() {
    let told = explain(&chain([0.0, 0.0, 200.0]), Symptom::Slow).unwrap();
    assert_eq!(first(&told), "database");
    assert_eq!(told.causes.len(), 1, "the others spent no more of their own time");
    assert!((told.causes[0].explained - 1.0).abs() < 0.01);
    assert_eq!(told.causes[0].change, Change::SlowerEach);
    assert_eq!((told.causes[0].before, told.causes[0].now), (30.0, 230.0));
    assert!(told.unexplained < 0.01);
}

#[test]
fn a_caller_that_waits_for_a_connection_is_not_the_cause() {
    // The pool of the account service is empty: its own time rises more than the database's.
    let told = explain(&chain([0.0, 150.0, 100.0]), Symptom::Slow).unwrap();
    assert_eq!(first(&told), "database");
    let account = told.causes.iter().find(|cause| cause.operation.service == "account").unwrap();
    assert_eq!(account.why_not, Some(ServiceWhyNot::Follows { callee: 2 }));
}

#[test]
fn a_query_in_a_loop_is_told_as_more_calls() {
    let mut services = chain([0.0, 0.0, 0.0]);
    services.operations[2].now = work(9_000.0, 0.0, 30.0, 30.0);
    services.operations[1].now.total_ms += 240_000.0;
    services.operations[0].now.total_ms += 240_000.0;
    services.requests_now.total_ms += 240_000.0;
    let told = explain(&services, Symptom::Slow).unwrap();
    assert_eq!(first(&told), "database");
    assert_eq!(told.causes[0].change, Change::CalledMoreOften);
}

#[test]
fn a_slow_operation_that_nobody_waits_for_is_not_the_cause() {
    let mut services = chain([0.0, 0.0, 100.0]);
    // An audit log beside the request, far slower than before.
    services.operations.push(operation(
        "audit",
        work(10_000.0, 0.0, 5.0, 5.0),
        work(1_000.0, 0.0, 900.0, 900.0),
    ));
    services.calls.push(call(1, 3, 0.0, 0.0));
    let told = explain(&services, Symptom::Slow).unwrap();
    assert_eq!(first(&told), "database");
    let audit = told.causes.iter().find(|cause| cause.operation.service == "audit").unwrap();
    assert_eq!(audit.why_not, Some(ServiceWhyNot::NotWaitedFor));
}

#[test]
fn what_no_operation_spent_is_outside() {
    let mut services = chain([0.0, 0.0, 0.0]);
    services.requests_now.total_ms += 300_000.0;
    let told = explain(&services, Symptom::Slow).unwrap();
    assert!(told.outside);
    assert!(told.unexplained > 0.9);
}

#[test]
fn the_service_whose_errors_are_its_own_is_named() {
    let mut services = chain([0.0, 0.0, 0.0]);
    for operation in &mut services.operations {
        operation.now.errors = 200.0;
    }
    services.requests_now.errors = 200.0;
    for call in &mut services.calls {
        call.errors_now = 200.0;
    }
    let told = explain(&services, Symptom::Failing).unwrap();
    assert_eq!(first(&told), "database");
    assert_eq!((told.causes.len(), told.causes[0].change), (1, Change::Fails));
}

#[test]
fn an_sms_gateway_whose_callers_give_up_is_the_cause() {
    // Calls last 5 seconds instead of 200 ms; the client gives up, so the call itself is no error.
    let mut services = chain([0.0, 0.0, 0.0]);
    let mut gateway = operation(
        "sms.example",
        work(2_000.0, 0.0, 200.0, 200.0),
        work(200.0, 0.0, 5_000.0, 5_000.0),
    );
    gateway.third_party = true;
    services.operations.push(gateway);
    services.calls.push(call(1, 3, 0.0, 0.0));
    for place in [0, 1] {
        services.operations[place].now.errors = 190.0;
        services.operations[place].now.total_ms += 960_000.0;
    }
    services.calls[0].errors_now = 190.0;
    services.requests_now.errors = 190.0;
    services.requests_now.total_ms += 960_000.0;
    for symptom in [Symptom::Failing, Symptom::Slow] {
        let told = explain(&services, symptom).unwrap();
        assert_eq!(first(&told), "sms.example", "{symptom:?}");
        assert!(told.causes[0].operation.third_party);
    }
    let failing = explain(&services, Symptom::Failing).unwrap();
    assert_eq!(failing.causes[0].change, Change::CallersGiveUp);
}

#[test]
fn a_call_of_nothing_is_refused() {
    let mut services = chain([0.0; 3]);
    services.calls.push(call(0, 9, 0.0, 0.0));
    assert_eq!(
        explain(&services, Symptom::Slow),
        Err(ServicesError::Call { call: 2, operation: 9, operations: 3 })
    );
}
