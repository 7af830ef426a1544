import { route } from 'dna-web';
import { useEffect } from 'react';
import { useLocation, useMatches } from 'react-router';

/** Tells DNA what the route is called that the page shows: `handle.name` of the innermost route that has one. */
export function useRouteNames() {
  const { pathname } = useLocation();
  const name = useMatches().findLast(({ handle }) => handle?.name)?.handle.name;
  // An effect, so that the address has changed already.
  useEffect(() => {
    if (name) route(name);
  }, [pathname, name]);
}
