import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import type { DescribedApp } from './describedApp.ts';
import type { NoticedCalls } from './noticedCalls.ts';

/** Answers what is not the app's. @returns false where it is not for the page either */
export type ServePage = (incoming: IncomingMessage, response: ServerResponse, url: URL) => Promise<boolean>;

interface Reply {
  status?: number;
  type: string;
  body: string | Uint8Array;
  /** Under which name it is downloaded. */
  name?: string;
}

const client = resolve(import.meta.dirname, 'client');
const types: Readonly<Record<string, string>> = { json: 'application/json', png: 'image/png' };

/**
 * The page of the local host, on which every action can be tried. It is part of no deployment: the app does not know
 * of it.
 */
export function servePage(root: string, described: () => DescribedApp, calls: NoticedCalls): ServePage {
  const find = async ({ method }: IncomingMessage, { pathname }: URL, body: string): Promise<Reply | undefined> => {
    const [, place, ...rest] = pathname.split('/');
    if (method === 'GET' && pathname === '/') {
      return { type: 'text/html', body: await readFile(join(client, 'page.html')) };
    }
    if (place !== '_page') return undefined;
    const app = described();
    const [what = '', ...names] = rest;
    const name = names.join('/');
    if (method === 'POST' && what === 'faults') return setFault(names[0] ?? '', body);
    if (method === 'POST' && what === 'reset') return reset(names[0] ?? '');
    if (method !== 'GET') return undefined;
    switch (what) {
      case 'page.js':
        return script();
      case 'page.css':
        return { type: 'text/css', body: await styles() };
      case 'app':
        return json(app);
      case 'calls': {
        const call = calls.find(name);
        return call && json(call);
      }
      case 'definitions': {
        if (!app.definitions.includes(name)) return undefined;
        const type = types[name.slice(name.lastIndexOf('.') + 1)] ?? 'text/plain';
        return { type, body: await readFile(join(root, 'infra', name)), name: name.replaceAll('/', '-') };
      }
      default:
        return undefined;
    }
  };

  const sandboxOf = (system: string): string | undefined => {
    const found = described().systems.find(each => each.name === system);
    return found?.backing === 'sandbox' ? found.url : undefined;
  };

  const reset = async (system: string): Promise<Reply | undefined> => {
    const url = sandboxOf(system);
    if (url === undefined) return undefined;
    const response = await fetch(`${url}/_sandbox/reset`, { method: 'POST' });
    return { status: response.status, type: 'application/json', body: await response.text() };
  };

  const setFault = async (system: string, body: string): Promise<Reply | undefined> => {
    const url = sandboxOf(system);
    if (url === undefined) return undefined;
    const response = await fetch(`${url}/_sandbox/faults`, {
      method: body === '' ? 'DELETE' : 'POST',
      ...(body !== '' && { body }),
    });
    return { status: response.status, type: 'application/json', body: await response.text() };
  };

  return async (incoming, response, url) => {
    // A page of another site can send a request here; what it may not do is name another host and read the answer.
    if (!/^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname) || isForeign(incoming, url)) return false;
    const isPage = url.pathname === '/' || url.pathname.startsWith('/_page/');
    const reply = isPage
      ? await find(incoming, url, incoming.method === 'POST' ? await text(incoming) : '')
      : undefined;
    if (!reply) return false;
    const { status = 200, type, body, name } = reply;
    response.writeHead(status, {
      'content-type': type.startsWith('text/') ? `${type}; charset=utf-8` : type,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      ...(name && { 'content-disposition': `attachment; filename="${name}"` }),
    });
    response.end(body);
    return true;
  };
}

function isForeign({ headers }: IncomingMessage, { host }: URL): boolean {
  return headers.origin !== undefined && URL.parse(headers.origin)?.host !== host;
}

const json = (value: unknown): Reply => ({ type: 'application/json', body: JSON.stringify(value) });

/** Bundled each time: it takes 20 ms, and a change of it is seen when the page is loaded again. */
async function script(): Promise<Reply> {
  try {
    return { type: 'text/javascript', body: await bundlePage() };
  } catch (error) {
    return { status: 500, type: 'text/plain', body: error instanceof Error ? error.message : String(error) };
  }
}

/** @throws esbuild's BuildFailure */
export async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(client, 'page.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

async function styles(): Promise<string> {
  const pico = new URL(import.meta.resolve('@picocss/pico/css/pico.min.css'));
  const files = await Promise.all([readFile(pico, 'utf8'), readFile(join(client, 'page.css'), 'utf8')]);
  return files.join('\n');
}
