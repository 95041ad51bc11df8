import { lookup as resolveName } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Failure } from '../failure.ts';
import { connectionFailure, UpstreamStatus } from './failures.ts';
import { type ByteRange, type FilePart, rangeHeaders, readFilePart } from './filePart.ts';

/** Addresses that are nobody's in the internet: https://www.iana.org/assignments/iana-ipv4-special-registry/ */
const special = new BlockList();
for (const [address, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  special.addSubnet(address, prefix, 'ipv4');
}
// The platform's own, at which it answers every machine.
special.addAddress('168.63.129.16', 'ipv4');

/** Of the addresses of version 6 those that may be anybody's, and among them those that lead to one of version 4. */
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');
for (const [address, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  special.addSubnet(address, prefix, 'ipv6');
}

/** Whether an IP address is one of the internet, not of this machine, its network or its platform. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !special.check(address, 'ipv4');
  return family === 6 && global.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

class NotPublic extends Error {
  override readonly name = 'NotPublic';
}

/** Resolves names to public addresses alone. The connection goes to the very address that was looked at. */
export function publicLookup(resolve: typeof resolveName = resolveName): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) return callback(error ?? new Error(`${hostname} has no address`), []);
      // A name that has one of each is no name of a public server.
      if (!addresses.every(({ address }) => isPublicAddress(address))) return callback(new NotPublic(hostname), []);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

export interface PublicFileOptions {
  /** The upstream that named the address, for people. */
  title: string;
  signal: AbortSignal;
  /** Whether an address is one of this machine where the upstream itself is a stand-in on it, and its files as well. */
  isLocal(url: URL): boolean;
  lookup?: LookupFunction;
}

const MAX_REDIRECTS = 3;

/**
 * Reads a part of a file at an address that an upstream redirects to: public, by https, and without any credential. What
 * redirects on is followed a few times by the same rules.
 * @throws Failure `upstream_error` for any other address or answer; `upstream_unavailable`
 */
export async function readPublicFile(location: URL, range: ByteRange, options: PublicFileOptions): Promise<FilePart> {
  const { title, signal } = options;
  try {
    let url = location;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const answer = await ask(url, range, options);
      const { statusCode: status = 0, headers } = answer;
      const next = status >= 300 && status < 400 ? URL.parse(headers.location ?? '', url.href) : undefined;
      if (!next) return await readAnswer(answer, range, title);
      answer.destroy();
      url = next;
    }
  } catch (cause) {
    if (cause instanceof NotPublic) throw notPublic(title);
    throw cause instanceof Failure || signal.aborted ? cause : connectionFailure(title, { safe: true, cause });
  }
  throw new Failure('upstream_error', `${title} keeps its file behind too many redirects.`, { retryable: false });
}

async function ask(url: URL, range: ByteRange, options: PublicFileOptions): Promise<IncomingMessage> {
  const { signal, lookup = publicLookup() } = options;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isLocal = options.isLocal(url);
  // Names are looked at when they are resolved; an address never is.
  if (!isLocal && (url.protocol !== 'https:' || (isIP(host) !== 0 && !isPublicAddress(host))))
    throw new NotPublic(host);
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(url, {
    headers: rangeHeaders(range),
    signal,
    // A connection of its own: none that was made by other rules is taken.
    agent: false,
    ...(!isLocal && { lookup }),
  })
    .once('response', resolve)
    .once('error', reject)
    .end();
  return promise;
}

async function readAnswer(answer: IncomingMessage, range: ByteRange, title: string): Promise<FilePart> {
  const { statusCode: status = 0, headers } = answer;
  const isEncoded = /^(?!identity$)\S/i.test(headers['content-encoding'] ?? '');
  if ((status !== 200 && status !== 206) || isEncoded) {
    answer.destroy();
    throw new Failure('upstream_error', `${title} could not give the file (status ${status}). Try again in a minute.`, {
      cause: new UpstreamStatus(status),
    });
  }
  const header = (name: string) => headers[name]?.toString();
  return readFilePart({ status, header, body: answer }, range, title);
}

function notPublic(title: string): Failure {
  return new Failure(
    'upstream_error',
    `${title} keeps this file at an address that is not a public one, so it was not fetched. An administrator must look into it.`,
    { retryable: false },
  );
}
