import { Failure } from '../../shared/failure.ts';

export interface Route {
  /** The route's parameters in this path, or nothing when the path is another's. */
  match(path: string): Record<string, string> | undefined;
  /** Sorts routes that match the same path: the more literal one comes first. */
  rank: string;
}

interface Segment {
  pattern: string;
  names: string[];
  rank: '0' | '1' | '2' | '3' | '4';
}

/**
 * Reads a route template of an HTTP trigger: literals, `{name}`, `{name?}`, `{*rest}`. Paths match whatever their case;
 * in a parameter `%2F` stays as it is and all else is decoded, as in ASP.NET Core.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#customize-the-http-endpoint
 */
export function parseRoute(template: string): Route {
  const segments = template.split('/').filter(Boolean).map(parseSegment);
  const pattern = new RegExp(`^${segments.map(segment => segment.pattern).join('')}/?$`, 'i');
  const names = segments.flatMap(segment => segment.names);
  return {
    rank: segments.map(segment => segment.rank).join(''),
    match(path) {
      const found = pattern.exec(path.split('/').map(decodeSegment).join('/'));
      if (!found) return undefined;
      const params = names.map((name, index) => [name, found[index + 1]] as const);
      return Object.fromEntries(params.filter((param): param is [string, string] => param[1] !== undefined));
    },
  };
}

function parseSegment(segment: string): Segment {
  const [, star, name = '', mark] = /^\{(\*{0,2})(\w+)(\??)\}$/.exec(segment) ?? [];
  if (star) return { pattern: '(?:/(.*))?', names: [name], rank: '4' };
  if (mark) return { pattern: '(?:/([^/]+))?', names: [name], rank: '3' };
  if (name) return { pattern: '/([^/]+)', names: [name], rank: '2' };

  const names: string[] = [];
  const pattern = segment
    .split(/(\{\w+\})/)
    .map(part => {
      if (!/^\{\w+\}$/.test(part)) return part.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
      names.push(part.slice(1, -1));
      return '([^/]+?)';
    })
    .join('');
  if (segment.replace(/\{\w+\}/g, '').match(/[{}]/)) {
    throw new Failure('misconfigured', `The local host does not know the route segment "${segment}".`);
  }
  return { pattern: `/${pattern}`, names, rank: names.length ? '1' : '0' };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment.replace(/%2f/gi, slash => `%25${slash.slice(1)}`));
  } catch {
    return segment;
  }
}
