/**
 * Hands over what the browser reports of the page, also what it reported before: violations of
 * its policy, deprecations and interventions. Not among the stub's hooks: browsers keep their
 * reports for those who come later.
 */
import { Kind, now, type Sink } from './record.js';

/** Violations that are told apart: a policy that forbids more is wrong as a whole. */
const VIOLATIONS_MAX = 64;

/** Hooks the reports; gives back what takes the hooks out again. */
export function reports(sink: Sink): () => void {
  /**
   * Of each violation, how many reports more than events there were: Chromium has both, and
   * Firefox has events only, though it has everything else that reports are made of.
   */
  const ahead = new Map<string, number>();
  const tell = (report: any, step: number) => {
    try {
      const violation = step < 0 ? report : report.type == 'csp-violation' && report.body;
      if (violation) {
        const key = violation.effectiveDirective + (violation.blockedURL ?? violation.blockedURI);
        const balance = (ahead.get(key) ?? 0) + step;
        if (ahead.size > VIOLATIONS_MAX) ahead.clear();
        ahead.set(key, balance);
        // The other one of the two has been told.
        if (balance * step <= 0) return;
      }
      sink(Kind.Report, now(), report);
    } catch {
      // A page must never feel that it is watched.
    }
  };
  let observer: any;
  try {
    const types = ['csp-violation', 'deprecation', 'intervention', 'crash'];
    const told = (list: unknown[]) => list.forEach((report) => tell(report, 1));
    observer = new (window as any).ReportingObserver(told, { types, buffered: true });
    observer.observe();
  } catch {
    // A browser without them.
  }
  const violated = (event: Event) => tell(event, -1);
  addEventListener('securitypolicyviolation', violated, true);
  return () => {
    observer?.disconnect();
    removeEventListener('securitypolicyviolation', violated, true);
  };
}
