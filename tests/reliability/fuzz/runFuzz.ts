import * as fc from 'fast-check';
import * as z from 'zod';
import { inlineErrorSchema, problemSchema } from '../../../shared/action/failureSchema.ts';
import { failureCodes } from '../../../shared/failure.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import { startApp } from '../../support/app.ts';
import { allActions } from '../callAction.ts';
import { newSeed } from '../random.ts';
import { startSandboxes } from '../startSandboxes.ts';
import { mcpMessage, type OddRequest, requestFor } from './requests.ts';

export interface FuzzReport {
  seed: number;
  requests: number;
  /** How many answers had which code; `ok` for what is none of a failure. */
  codes: Record<string, number>;
  /** Requests that were not answered as they must be. */
  wrong: { of: string; why: string; request: string }[];
}

const CONCURRENT = 8;
/** The platform takes no longer URL: https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits */
const MAX_URL = 8_192;

const inline = z.object({ error: inlineErrorSchema });
/** The message names what is wrong with each field; beside it are the fields, with what of it is not in the message word for word. */
const inTool = z.object({
  error: inlineErrorSchema.extend({
    errors: z.array(z.strictObject({ field: z.string(), message: z.string().optional() })).optional(),
  }),
});
const toolResult = z.object({
  result: z.object({ isError: z.literal(true), content: z.tuple([z.object({ text: z.string() })]) }),
});
const rpcError = z.object({ error: z.object({ code: z.int(), message: z.string() }) });

/**
 * Sends each action, and the MCP endpoint, requests of every kind, several at a time. Each must be answered in the form
 * that the contract has, and never with a bug, a stack or a secret.
 */
export async function runFuzz(requestsEach: number, seed = newSeed()): Promise<FuzzReport> {
  const sandboxes = await startSandboxes();
  const app = await startApp({ env: { ...sandboxes.settings, ACTION_TIMEOUT_MS: '20000' } });
  const secrets = secretsOf(sandboxes.settings);
  const report: FuzzReport = { seed, requests: 0, codes: {}, wrong: [] };

  const send = async (of: string, odd: OddRequest) => {
    report.requests += 1;
    const { method, path, headers, body } = odd;
    const complain = (why: string) => report.wrong.push({ of, why, request: told(odd) });
    let answer: Response;
    try {
      answer = await fetch(`${app.url}${path}`, { method, headers, ...(body !== undefined && { body }) });
    } catch (error) {
      complain(`no answer: ${error}`);
      return;
    }
    const text = await answer.text();
    const kind = kindOf(answer, text, odd);
    if (kind.why !== undefined) complain(`${kind.why}: ${answer.status} ${text.slice(0, 300)}`);
    report.codes[kind.code] = (report.codes[kind.code] ?? 0) + 1;
    const leak = leakIn(text, secrets);
    if (leak !== undefined) complain(`the answer has ${leak}: ${text.slice(0, 300)}`);
  };

  const queue = [
    ...allActions.map(action => ({ of: action.name, arbitrary: requestFor(action) })),
    { of: 'MCP', arbitrary: mcpMessage() },
  ].flatMap(({ of, arbitrary }, place) =>
    fc.sample(arbitrary, { numRuns: requestsEach, seed: seed + place }).map(odd => ({ of, odd })),
  );

  try {
    const loop = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) await send(next.of, next.odd);
    };
    await Promise.all(Array.from({ length: CONCURRENT }, loop));
    const health = await fetch(`${app.url}/api/health`).catch(() => undefined);
    if (!app.isAlive() || health?.status !== 200) {
      report.wrong.push({ of: 'the process', why: 'it does not live', request: app.logs().slice(-2_000) });
    }
    const leak = leakIn(app.logs(), secrets) ?? /uncaught|unhandled/i.exec(app.logs())?.[0];
    if (leak !== undefined) report.wrong.push({ of: 'the log', why: `it has ${leak}`, request: '' });
    return report;
  } finally {
    await app.stop();
    await sandboxes.close();
  }
}

interface Kind {
  code: string;
  why?: string;
}

/** What an answer is, and why it is not what it must be. */
function kindOf({ status, headers }: Response, text: string, { path }: OddRequest): Kind {
  // What the platform itself refuses has no body.
  if (text === '')
    return { code: `empty ${status}`, ...(isForPlatform(status, path) ? {} : { why: 'an empty answer' }) };
  const body = parseJson(text);
  if (body === undefined) return { code: 'no JSON', why: 'the answer is not JSON' };
  if (!headers.get('x-correlation-id')) return { code: 'no ID', why: 'the answer has no correlation ID' };
  const tool = toolResult.safeParse(body).data?.result.content[0].text;
  const inside =
    tool === undefined ? inline.safeParse(body).data?.error : inTool.safeParse(parseJson(tool)).data?.error;
  const failure = inside ?? (status === 200 ? undefined : problemSchema.safeParse(body).data);
  if (failure) {
    const { code } = failure;
    if (failureCodes[code].status !== failure.status) return { code, why: 'its status is of another code' };
    if (!inside && status !== failure.status) return { code, why: 'it says another status' };
    return status === 500 || code === 'internal' || code === 'misconfigured' ? { code, why: 'a bug' } : { code };
  }
  const rpc = path.startsWith('/api/mcp') ? rpcError.safeParse(body).data?.error.code : undefined;
  if (rpc !== undefined) return rpc === -32603 ? { code: String(rpc), why: 'a bug' } : { code: String(rpc) };
  if (status !== 200 || tool !== undefined) return { code: 'no failure', why: 'it failed in another form' };
  return { code: 'ok' };
}

/** A notification is taken without a word, and some URLs never reach the app. */
function isForPlatform(status: number, path: string): boolean {
  if (path.startsWith('/api/mcp')) return status === 202 || status === 404;
  const isOdd = path.length > MAX_URL || path.includes('\0') || /%00|[\\#]|%(?![0-9a-f]{2})/i.test(path);
  return isOdd && [400, 404, 414, 431].includes(status);
}

/** Secrets as they are, and as they are sent. */
function secretsOf(settings: Record<string, string>): string[] {
  const secrets = Object.entries(settings).filter(([name]) => /TOKEN|SECRET|KEY/.test(name));
  const basic = `${settings.JIRA_EMAIL}:${settings.JIRA_API_TOKEN}`;
  return [...secrets.map(([, value]) => value), Buffer.from(basic).toString('base64')];
}

function leakIn(text: string, secrets: readonly string[]): string | undefined {
  if (secrets.some(secret => text.includes(secret))) return 'a secret';
  if (/\bat .{1,200}(\.[jt]s:\d+|node:internal)|file:\/\/|node_modules/.test(text)) return 'a stack';
  return undefined;
}

function told({ method, path, headers, body }: OddRequest): string {
  const sent = typeof body === 'string' ? body : body && Buffer.from(body).toString('base64');
  return `${method} ${path} ${JSON.stringify(headers)} ${sent ?? ''}`.slice(0, 800);
}
