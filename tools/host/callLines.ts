import { styleText } from 'node:util';
import * as z from 'zod';
import { parseJson } from '../../shared/parseJson.ts';
import type { ActionLine } from './actionLine.ts';
import type { AnsweredCall } from './host.ts';
import type { RpcHttpResponse } from './rpc.ts';

/** What is kept of a sentence that says why. */
const MAX_WHY = 400;
/** Calls whose answer never comes, such as those that functionTimeout cuts off. */
const MAX_WAITING = 1000;

const problem = z.object({ code: z.string(), detail: z.string() });
const inlineError = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
const rpcRequest = z.object({ method: z.string(), params: z.object({ name: z.string() }).optional().catch(undefined) });
const rpcAnswer = z.union([
  z.object({ error: z.object({ code: z.number(), message: z.string() }) }),
  z.object({
    result: z.object({
      isError: z.literal(true),
      content: z.tuple([z.object({ text: z.string() })]).rest(z.unknown()),
    }),
  }),
]);

/**
 * A line for each call: the time, the method, what was called, the status, what came of it, how long it took, how many
 * requests went to upstreams, and what was refused and why, in the words that the caller got, which hold no secret.
 * `12:00:01 GET getIssue 404 not_found 31 ms, 1 request: There is no issue ABC-12. …`
 * For MCP, what was called is the message and the tool: `POST mcp tools/call getIssue 200 …`
 */
export function createCallLines(print: (line: string) => void, now: () => Date = () => new Date()) {
  const waiting = new Map<string, ActionLine[]>();
  return {
    /** Takes what the app has logged of a call, before that is answered. */
    notice(line: ActionLine): void {
      const lines = waiting.get(line.correlationId) ?? [];
      waiting.set(line.correlationId, [...lines, line]);
      const [oldest] = waiting.keys();
      if (waiting.size > MAX_WAITING && oldest !== undefined) waiting.delete(oldest);
    },
    tell(call: AnsweredCall): void {
      const correlationId = call.answer?.headers['x-correlation-id'] ?? '';
      const lines = waiting.get(correlationId) ?? [];
      waiting.delete(correlationId);
      print(`${styleText('dim', clock(now()))} ${describeCall(call, lines)}`);
      for (const { code, cause } of lines) {
        if (/^(internal|misconfigured|upstream_)/.test(code) && cause !== undefined) {
          print(styleText('dim', `         because of ${cause}`));
        }
      }
    },
  };
}

/** The time of day, in the machine's time zone. */
export function clock(time: Date): string {
  return time.toTimeString().slice(0, 8);
}

function describeCall(call: AnsweredCall, lines: readonly ActionLine[]): string {
  const { method, path, name, status, durationMs } = call;
  const isMcp = name !== undefined && /^mcp/.test(name) && method === 'POST';
  const refusals = isMcp ? rpcRefusals(call.answer) : refusal(call, lines);
  const codes = lines.length > 0 ? lines.map(({ code }) => code) : refusals.flatMap(({ code }) => code ?? []);
  const isRefused = status >= 400 || refusals.length > 0;
  const requests = lines.reduce((sum, { upstreamCalls }) => sum + upstreamCalls, 0);
  const what = [
    method,
    name === undefined
      ? plain(path)
      : isMcp
        ? `${plain(path.replace(/^\/[^/]*\//, ''))} ${messagesIn(call.body)}`
        : name,
    String(status),
    ...new Set(codes),
    `${Math.round(durationMs)} ms${lines.length > 0 ? `, ${requests} ${requests === 1 ? 'request' : 'requests'}` : ''}`,
  ].join(' ');
  const why = refusals.map(({ message }) => plain(message)).join(' ');
  const line = why === '' ? what : `${what}: ${why.length > MAX_WHY ? `${why.slice(0, MAX_WHY)}…` : why}`;
  return isRefused ? styleText(status >= 500 ? 'red' : 'yellow', line) : line;
}

interface Refusal {
  code: string | undefined;
  message: string;
}

function refusal({ name, method, status, answer }: AnsweredCall, lines: readonly ActionLine[]): Refusal[] {
  if (answer === undefined) {
    if (status === 404 && name === undefined)
      return [{ code: undefined, message: `nothing is called here with ${method}` }];
    if (status === 401) return [{ code: undefined, message: 'the key is missing or wrong' }];
    return [];
  }
  const isFailure = status >= 400 || lines.some(({ code }) => code !== 'ok');
  if (!isFailure) return [];
  const told = parseJson(textOf(answer));
  const asProblem = problem.safeParse(told).data;
  if (asProblem) return [{ code: asProblem.code, message: asProblem.detail }];
  return inlineErrors(told);
}

function inlineErrors(told: unknown): Refusal[] {
  const { error } = inlineError.safeParse(told).data ?? {};
  return error ? [error] : [];
}

function rpcRefusals(answer: RpcHttpResponse | undefined): Refusal[] {
  const told = answer && parseJson(textOf(answer));
  const asProblem = problem.safeParse(told).data;
  if (asProblem) return [{ code: asProblem.code, message: asProblem.detail }];
  return listed(told).flatMap((each): Refusal[] => {
    const { data } = rpcAnswer.safeParse(each);
    if (!data) return [];
    if ('error' in data) return [{ code: String(data.error.code), message: data.error.message }];
    return inlineErrors(parseJson(data.result.content[0].text));
  });
}

/** The methods of the messages in a body, and of a call the tool: `tools/call getIssue`. */
function messagesIn(body: Uint8Array | undefined): string {
  const messages = listed(parseJson(Buffer.from(body ?? []).toString('utf8')));
  const names = messages.map(message => {
    const { data } = rpcRequest.safeParse(message);
    return data ? [data.method, ...(data.params ? [data.params.name] : [])].join(' ') : 'no message';
  });
  return plain(names.slice(0, 5).join(' + ') + (names.length > 5 ? ` + ${names.length - 5} more` : ''));
}

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

function textOf({ body }: RpcHttpResponse): string {
  return body?.string ?? (body?.bytes ? Buffer.from(body.bytes).toString('utf8') : '');
}

/** In one line, and with nothing that a terminal would obey. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').slice(0, 2_000);
}
