import type { HttpRequest } from '@azure/functions';
import { Failure } from '../failure.ts';

/** The names by which a machine calls itself. `[::1]` is how a URL has an IPv6 address. */
const ownNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Microsoft's sites from which makers try a connector; its gateway passes on where the page that asks came from. */
const platformSites = ['microsoft.com', 'powerapps.com', 'powerautomate.com', 'cloud.microsoft', 'portal.azure.com'];

/**
 * Refuses what a page of another site sends from a browser.
 *
 * On a developer's machine nobody has to show a key, so any page that is open there could call this app: it answers to no
 * other name, which could have been made to lead here (DNS rebinding), and to pages of the machine itself alone. Once
 * deployed, MCP takes calls from pages of its own site and of the platform's, as its specification wants of every server:
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning
 * @throws Failure `forbidden`
 */
export function refuseForeignPage(
  { url, headers }: Pick<HttpRequest, 'url' | 'headers'>,
  { isLocal, isMcp }: { isLocal: boolean; isMcp: boolean },
): void {
  const origin = headers.get('origin');
  if (!isLocal && (!isMcp || origin === null)) return;
  const { host, hostname } = new URL(url);
  if (isLocal) {
    const names = [hostname, hostnameOf(`http://${headers.get('host') ?? host}`)];
    if (origin !== null) names.push(hostnameOf(origin));
    if (names.every(name => name !== undefined && ownNames.has(name))) return;
    throw new Failure('forbidden', "This app runs on a developer's machine, and answers to localhost alone.");
  }
  if (origin !== null && (URL.parse(origin)?.host === host || isPlatformSite(origin))) return;
  throw new Failure(
    'forbidden',
    'Pages of other sites may not call this MCP server. Call it without the header Origin.',
  );
}

function hostnameOf(url: string): string | undefined {
  return URL.parse(url)?.hostname;
}

function isPlatformSite(origin: string): boolean {
  const { protocol, hostname } = URL.parse(origin) ?? {};
  return protocol === 'https:' && platformSites.some(site => hostname === site || hostname?.endsWith(`.${site}`));
}
