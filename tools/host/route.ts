import { Failure } from '../../shared/failure.ts';

/** Gives a path's parameters by their names, or nothing when the path is not of the route. */
export type Route = (path: string) => Record<string, string> | undefined;

/**
 * Reads a route template of an HTTP trigger whose segments are literals, `{name}` and `{name:regex(…)}`, of which the pattern
 * has no slash. Paths match whatever their case, and so does a pattern; in a parameter `%2F` stays as it is and all else is
 * decoded, as in ASP.NET Core.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#customize-the-http-endpoint
 * https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints
 * @throws Failure `misconfigured` for any other kind of segment
 */
export function parseRoute(template: string): Route {
  const expected = template.split('/').filter(Boolean).map(parseSegment);
  return path => {
    const segments = path.replace(/\/$/, '').split('/').slice(1).map(decodeSegment);
    if (segments.length !== expected.length) return undefined;
    const params: [string, string][] = [];
    for (const [index, { literal, name, pattern }] of expected.entries()) {
      const segment = segments[index] ?? '';
      if (name === undefined ? segment.toLowerCase() !== literal : segment === '') return undefined;
      if (pattern && !pattern.test(segment)) return undefined;
      if (name !== undefined) params.push([name, segment]);
    }
    return Object.fromEntries(params);
  };
}

function parseSegment(segment: string): { literal: string; name: string | undefined; pattern: RegExp | undefined } {
  const [, name, pattern] = /^\{(\w+)(?::regex\((.+)\))?\}$/.exec(segment) ?? [];
  if (name === undefined && /[{}]/.test(segment)) {
    throw new Failure('misconfigured', `The local host does not know the route segment "${segment}".`);
  }
  return {
    literal: segment.toLowerCase(),
    name,
    pattern: pattern === undefined ? undefined : new RegExp(pattern, 'i'),
  };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment.replace(/%2f/gi, slash => `%25${slash.slice(1)}`));
  } catch {
    return segment;
  }
}
