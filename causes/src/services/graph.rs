//! Who calls whom, by place.

use super::{CALLS_MAX, OPERATIONS_MAX, Services, ServicesError};

/// Callees and callers of each operation.
pub(super) struct Graph {
    pub(super) callees: Vec<Vec<usize>>,
    pub(super) callers: Vec<Vec<usize>>,
    /// Calls of each operation that failed, before and now.
    pub(super) failed_calls: Vec<(f64, f64)>,
}

impl Graph {
    pub(super) fn new(services: &Services) -> Result<Self, ServicesError> {
        let operations = services.operations.len();
        for (what, count, most) in
            [("operations", operations, OPERATIONS_MAX), ("calls", services.calls.len(), CALLS_MAX)]
        {
            if count > most {
                return Err(ServicesError::TooMany { what, count, most });
            }
        }
        let mut graph = Self {
            callees: vec![Vec::new(); operations],
            callers: vec![Vec::new(); operations],
            failed_calls: vec![(0.0, 0.0); operations],
        };
        for (place, call) in services.calls.iter().enumerate() {
            if let Some(operation) =
                [call.caller, call.callee].into_iter().find(|o| *o >= operations)
            {
                return Err(ServicesError::Call { call: place, operation, operations });
            }
            if call.caller != call.callee {
                graph.callees[call.caller].push(call.callee);
                graph.callers[call.callee].push(call.caller);
                let failed = &mut graph.failed_calls[call.caller];
                failed.0 += call.errors_before;
                failed.1 += call.errors_now;
            }
        }
        Ok(graph)
    }

    /// Everything that an operation calls, also through others, each once.
    pub(super) fn below(&self, operation: usize) -> Vec<usize> {
        let mut seen = vec![false; self.callees.len()];
        seen[operation] = true;
        let mut found = Vec::new();
        let mut waiting = vec![operation];
        while let Some(next) = waiting.pop() {
            for callee in &self.callees[next] {
                if !std::mem::replace(&mut seen[*callee], true) {
                    found.push(*callee);
                    waiting.push(*callee);
                }
            }
        }
        found
    }
}
