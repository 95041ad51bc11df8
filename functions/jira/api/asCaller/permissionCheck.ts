import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import type { Call } from '../../../../shared/call.ts';
import { Failure } from '../../../../shared/failure.ts';
import { parseJson } from '../../../../shared/parseJson.ts';
import { CredentialsRefused, secretCredentials } from '../../../../shared/upstream/credentials.ts';
import type { UpstreamAnswer } from '../../../../shared/upstream/http.ts';
import { apiBase, type JiraParts } from '../../settings.ts';
import { saidByJira } from '../answerFailure.ts';
import { inEnglish, refusedSignIn } from '../client.ts';
import { parseAnswer } from '../parseAnswer.ts';
import type { Grants, PermissionCheck } from './guard.ts';

/**
 * What another account may do in Jira, which Jira tells whoever has Administer Jira:
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permissions/#api-rest-api-3-permissions-check-post
 */

/** What the credential is used for, and the check of the credential itself. */
export interface Permissions {
  checkFor(call: Call): PermissionCheck;
  /** @throws Failure where the account of the credential may not ask what others may do */
  requireAdministrator(call: Call): Promise<void>;
}

/** The most issues, or projects, that Jira takes in one request. */
const MAX_CHECKED = 1_000;
const PATH = '/rest/api/3/permissions/check';
/** How long a permission that a site does not know is not asked for again. */
const UNKNOWN_MS = 10 * 60_000;

const grantsSchema = z.object({
  globalPermissions: z.array(z.string()),
  projectPermissions: z.array(
    z.object({ permission: z.string(), issues: z.array(z.number()), projects: z.array(z.number()) }),
  ),
});

const refusedPermissions = z.object({ errors: z.record(z.string(), z.string()) });

interface Wanted {
  accountId: string;
  permissions: readonly string[];
  ids: readonly number[];
}

interface Batch {
  issues?: readonly number[];
  projects?: readonly number[];
}

interface Asked {
  accountId?: string;
  globalPermissions?: readonly string[];
  projectPermissions?: readonly (Batch & { permissions: readonly string[] })[];
}

/** The credential for that, which is used for nothing else. */
export function openPermissions(parts: JiraParts): Permissions {
  const { settings, upstream } = parts;
  const credentials = secretCredentials(
    {
      upstream,
      secrets: parts.secrets,
      secretName: 'jira-permissions-token',
      beside: 'make sure that JIRA_PERMISSIONS_EMAIL is the address of the account that it belongs to',
    },
    secret => `Basic ${Buffer.from(`${settings.JIRA_PERMISSIONS_EMAIL}:${secret}`).toString('base64')}`,
  );
  /** Until when permissions are taken for unknown that a site without their product does not know: nobody has them there. */
  const unknownUntil = new Map<string, number>();

  const exchange = (asked: Asked, call: Call) =>
    credentials.authorized(call, async authorization => {
      const answer = await upstream.send(
        {
          method: 'POST',
          url: apiBase(settings) + PATH,
          headers: { authorization, accept: 'application/json', 'content-type': 'application/json', ...inEnglish },
          body: JSON.stringify(asked),
          safe: true,
          ...(!settings.JIRA_CLOUD_ID && { address: 'JIRA_BASE_URL' }),
          says: saidByJira,
        },
        call,
      );
      const said = saidByJira(answer.body);
      // Jira may take who cannot sign in for nobody.
      const isNobody = refusedSignIn.test(answer.headers.get('x-seraph-loginreason') ?? '');
      if (answer.status === 401 && /\bscopes?\b/i.test(said)) throw lacksScope(said);
      if (isNobody || answer.status === 401) throw new CredentialsRefused(`status ${answer.status}`, { said });
      if (answer.status === 403) throw notAdministrator(said);
      return answer;
    });

  /** Of one batch; another request where the site does not know one of the permissions. */
  const ask = async (
    { accountId, permissions, ...of }: { accountId: string; permissions: readonly string[] } & Batch,
    call: Call,
  ): Promise<z.output<typeof grantsSchema>['projectPermissions']> => {
    const known = permissions.filter(permission => (unknownUntil.get(permission) ?? 0) <= parts.now());
    if (known.length === 0) return [];
    const answer = await exchange({ accountId, projectPermissions: [{ ...of, permissions: known }] }, call);
    if (answer.status < 400) return parseAnswer(grantsSchema, parseJson(answer.body)).projectPermissions;
    const errors = Object.keys(refusedPermissions.safeParse(parseJson(answer.body)).data?.errors ?? {});
    const refused = errors.filter(name => known.includes(name));
    if (answer.status !== 400 || refused.length === 0) throw notTold(answer);
    for (const name of refused) unknownUntil.set(name, parts.now() + UNKNOWN_MS);
    return ask({ accountId, permissions, ...of }, call);
  };

  const checked = async (kind: keyof Batch, { accountId, permissions, ids }: Wanted, call: Call): Promise<Grants> => {
    const grants = new Map(permissions.map(permission => [permission, new Set<number>()]));
    const wanted = [...new Set(ids)];
    for (let from = 0; from < wanted.length; from += MAX_CHECKED) {
      const batch = wanted.slice(from, from + MAX_CHECKED);
      const asked = new Set(batch);
      for (const granted of await ask({ accountId, permissions, [kind]: batch }, call)) {
        for (const id of granted[kind]) if (asked.has(id)) grants.get(granted.permission)?.add(id);
      }
    }
    return grants;
  };

  /** Without an account, that of the credential. */
  const holdsGlobally = async (of: Pick<Asked, 'accountId'>, permission: string, call: Call) => {
    const answer = await exchange({ ...of, globalPermissions: [permission] }, call);
    if (answer.status >= 400) throw notTold(answer);
    return parseAnswer(grantsSchema, parseJson(answer.body)).globalPermissions.includes(permission);
  };

  return {
    checkFor(call) {
      const ofKind = (kind: keyof Batch) => atOnce(asked => checked(kind, asked, call));
      return Object.assign(ofKind('issues'), {
        projects: ofKind('projects'),
        globally: (accountId: string, permission: string) => holdsGlobally({ accountId }, permission, call),
      });
    },
    async requireAdministrator(call) {
      if (!(await holdsGlobally({}, 'ADMINISTER', call))) throw notAdministrator('');
    },
  };
}

/** Asks once for all that is asked for at the same time. An answer may tell more than was asked. */
function atOnce(check: (asked: Wanted) => Promise<Grants>) {
  let waiting: { accountId: string; permissions: Set<string>; ids: Set<number>; grants: Promise<Grants> } | undefined;
  return (accountId: string, permissions: readonly string[], ids: readonly number[]): Promise<Grants> => {
    if (waiting?.accountId !== accountId) {
      const together = { accountId, permissions: new Set<string>(), ids: new Set<number>() };
      const send = async () => {
        await setImmediate();
        waiting = undefined;
        return check({ accountId, permissions: [...together.permissions], ids: [...together.ids] });
      };
      waiting = { ...together, grants: send() };
    }
    for (const permission of permissions) waiting.permissions.add(permission);
    for (const id of ids) waiting.ids.add(id);
    return waiting.grants;
  };
}

function notAdministrator(said: string): Failure {
  return new Failure(
    'upstream_auth_failed',
    `The account in JIRA_PERMISSIONS_EMAIL may not ask Jira what others may do, so nothing is shown or changed for anybody. A Jira administrator must give it the global permission Administer Jira; trying again will not help.${because(said)}`,
  );
}

function lacksScope(said: string): Failure {
  return new Failure(
    'upstream_auth_failed',
    `The token in the secret jira-permissions-token lacks the scope read:permission:jira, with which Jira tells what others may do, so nothing is shown or changed for anybody. An administrator must make a token with it, or one without scopes.${because(said)}`,
  );
}

/** Jira judges what this service sent, which no input of a caller is in. */
function notTold({ status, body }: Pick<UpstreamAnswer, 'status' | 'body'>): Failure {
  return new Failure(
    'upstream_error',
    `Jira did not tell what the user may see and do, so nothing was shown or changed (status ${status}). If it does so again in a minute, an administrator must check JIRA_BASE_URL and the account in JIRA_PERMISSIONS_EMAIL.${because(saidByJira(body))}`,
  );
}

const because = (said: string) => said && ` Jira says: ${said}`;
