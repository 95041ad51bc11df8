import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { text as readText } from 'node:stream/consumers';

/** The fields that every failure has, in both forms, and whatever an output has besides. */
export interface Body {
  code: string;
  detail: string;
  error: { code: string; message: string; status: number; retryable: boolean; correlationId: string };
  [field: string]: unknown;
}

export interface Reply<Expected> {
  status: number;
  headers: Headers;
  body: Expected;
}

/** Sends one request to the app and reads its JSON answer. With `json`, it is a POST. */
export async function request<Expected = Body>(
  url: string,
  { json, headers = {} }: { json?: unknown; headers?: Record<string, string> } = {},
): Promise<Reply<Expected>> {
  const response = await fetch(
    url,
    json === undefined
      ? { headers }
      : { method: 'POST', body: JSON.stringify(json), headers: { 'content-type': 'application/json', ...headers } },
  );
  return { status: response.status, headers: response.headers, body: (await response.json()) as Expected };
}

export interface RawReply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Sends what `fetch` would not: any Host and Origin, any bytes as a body, a path as it is written. */
export function rawRequest(
  base: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Uint8Array } = {},
): Promise<RawReply> {
  const { method = 'GET', headers = {}, body } = options;
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ hostname, port, path, method, headers }, async response => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: await readText(response) });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
