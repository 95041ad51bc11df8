import * as z from 'zod';
import { parseJson } from '../../../shared/parseJson.ts';
import {
  type SandboxReply,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../../../shared/sandbox/sandboxServer.ts';
import { createDesk, type Desk, type StoredTicket } from './desk.ts';
import { clientId, createGatekeeper, type Gatekeeper } from './gatekeeper.ts';

export interface HelpdeskSandbox
  extends SandboxServer,
    Pick<Gatekeeper, 'rotateApiKey' | 'rotateClientSecret' | 'revokeTokens'> {
  /** The application settings with which the app calls this sandbox, by an API key. */
  settings: Record<string, string>;
  /** The same, by OAuth client credentials. */
  oauthSettings: Record<string, string>;
}

interface HelpdeskSandboxOptions {
  /** The clock of the tickets. */
  now?: () => Date;
  /** 0, the default, takes a free one. */
  port?: number;
}

/** Serves a made-up help desk, as openapi.json describes it, on loopback, with data that go back from now. */
export async function startSandbox({
  now = () => new Date(),
  port = 0,
}: HelpdeskSandboxOptions = {}): Promise<HelpdeskSandbox> {
  const credentials = { apiKey: 'sandbox-api-key', clientSecret: 'sandbox-client-secret' };
  const gatekeeper = createGatekeeper(credentials);
  const newDesk = () => createDesk(() => now().getTime());
  let desk = newDesk();
  const server = await startSandboxServer(
    request => {
      if (request.path === '/oauth/token' && request.method === 'POST') return gatekeeper.issueToken(request);
      if (!gatekeeper.admits(request)) return refusal(401, 'unauthorized', 'The credentials are not valid.');
      return answer(request, desk);
    },
    {
      port,
      reset() {
        desk = newDesk();
      },
    },
  );
  const { url } = server;
  const { rotateApiKey, rotateClientSecret, revokeTokens } = gatekeeper;
  return {
    ...server,
    rotateApiKey,
    rotateClientSecret,
    revokeTokens,
    settings: { HELPDESK_URL: url, HELPDESK_API_KEY: credentials.apiKey },
    oauthSettings: {
      HELPDESK_URL: url,
      HELPDESK_AUTH: 'client-credentials',
      HELPDESK_CLIENT_ID: clientId,
      HELPDESK_CLIENT_SECRET: credentials.clientSecret,
    },
  };
}

const ticketPath = /^\/v1\/tickets\/(\d+)(\/replies|\/close)?$/;

const newTicket = z.object({
  subject: z.string().min(1).max(200),
  description: z.string(),
  customer: z.email(),
  priority: z.enum(['low', 'normal', 'high']).default('normal'),
});
const newReply = z.object({ text: z.string().min(1), isPublic: z.boolean() });
const closing = z.object({ resolution: z.string().optional() });

function answer(request: SandboxRequest, desk: Desk): SandboxReply {
  const { method, path, body } = request;
  if (method === 'GET' && path === '/v1/me') return { json: { name: 'Agent' } };
  if (method === 'GET' && path === '/v1/tickets') return list(request.query, desk);
  if (method === 'POST' && path === '/v1/tickets') {
    return withBody(newTicket, body, given => ({ status: 201, json: withoutReplies(desk.add(given)) }));
  }
  const [, number, part] = ticketPath.exec(path) ?? [];
  const ticket = desk.find(Number(number));
  if (!ticket) return refusal(404, 'not_found', `There is no ticket ${number ?? path}.`);
  if (method === 'GET' && !part) return { json: ticket };
  if (method === 'POST' && part === '/replies') {
    return withBody(newReply, body, ({ text, isPublic }) => ({
      status: 201,
      json: desk.reply(ticket, text, isPublic),
    }));
  }
  if (method === 'POST' && part === '/close') {
    if (ticket.status === 'closed') return refusal(409, 'already_closed', `Ticket ${number} is closed already.`);
    return withBody(closing, body, ({ resolution }) => {
      Object.assign(ticket, { status: 'closed', resolution: resolution ?? null });
      return { json: withoutReplies(ticket) };
    });
  }
  return refusal(405, 'invalid', `${method} is not for ${path}.`);
}

function list(query: URLSearchParams, desk: Desk): SandboxReply {
  const [term, customer, status] = ['term', 'customer', 'status'].map(name => query.get(name)?.toLowerCase());
  const start = Number(query.get('cursor') ?? 0);
  const end = start + Number(query.get('limit') ?? 25);
  const found = desk
    .tickets()
    .filter(ticket => !term || ticket.subject.toLowerCase().includes(term))
    .filter(ticket => !customer || ticket.customer === customer)
    .filter(ticket => !status || ticket.status === status);
  return {
    json: {
      tickets: found.slice(start, end).map(withoutReplies),
      next: end < found.length ? String(end) : null,
    },
  };
}

function withoutReplies({ replies: _, ...ticket }: StoredTicket): Omit<StoredTicket, 'replies'> {
  return ticket;
}

function withBody<Schema extends z.ZodType>(
  schema: Schema,
  body: string,
  reply: (given: z.output<Schema>) => SandboxReply,
): SandboxReply {
  const { success, data, error } = schema.safeParse(parseJson(body));
  if (success) return reply(data);
  const [issue] = error.issues;
  return refusal(422, 'invalid', issue?.message ?? 'The body is not valid.', String(issue?.path[0] ?? ''));
}

function refusal(status: number, code: string, message: string, field?: string): SandboxReply {
  return { status, json: { code, message, ...(field && { field }) } };
}
