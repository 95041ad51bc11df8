/** The fields that every failure has, in both forms, and whatever an output has besides. */
interface Body {
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
