/**
 * Hands over what the browser reports of the page, also what it reported before: violations of
 * its policy, deprecations and interventions. Not among the stub's hooks: browsers keep their
 * reports for those who come later.
 */
import { Kind, now, type Sink } from './record.js';

/** Hooks the reports; gives back what takes the hooks out again. */
export function reports(sink: Sink): () => void {
  const tell = (report: unknown) => {
    try {
      sink(Kind.Report, now(), report);
    } catch {
      // A page must never feel that it is watched.
    }
  };
  const { ReportingObserver, CSPViolationReportBody } = window as any;
  const violated = 'securitypolicyviolation';
  let observer: any;
  try {
    const types = ['csp-violation', 'deprecation', 'intervention', 'crash'];
    observer = new ReportingObserver((list: unknown[]) => list.forEach(tell), { types, buffered: true });
    observer.observe();
  } catch {
    // A browser without them.
  }
  // One that has no reports of violations has the event; most have both, and one of them is enough.
  if (!observer || !CSPViolationReportBody) addEventListener(violated, tell, true);
  return () => {
    observer?.disconnect();
    removeEventListener(violated, tell, true);
  };
}
