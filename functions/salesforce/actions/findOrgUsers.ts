import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { heading, id, summary } from '../../../shared/schema/meaning.ts';
import { isClosedHere, isHidden } from '../api/answerFailure.ts';
import { counted } from '../api/counted.ts';
import { objectType, searchText } from '../api/inputs.ts';
import { listPage } from '../api/listPage.ts';
import { notShown } from '../api/notShown.ts';
import { findOwners, type Owner } from '../api/owners.ts';
import { valueAt } from '../api/recordValues.ts';
import type { Salesforce } from '../api/salesforce.ts';
import { names, soql } from '../api/soql.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

/** The most users, and the most queues, that one search finds. */
const MAX_FOUND = 200;

/** What more is told of users, where a policy opens it: it is closed without one. */
const moreOfUsers = { title: 'Title', role: 'UserRole.Name', profile: 'Profile.Name' } as const;

const user = z.object({
  userId: id('The ID, which OwnerId and other lookups to users and queues take.'),
  name: heading('The name.'),
  email: z.string().optional().describe('The e-mail address.'),
  kind: z.enum(['user', 'queue']).describe('Whether it is a person or a queue.'),
  isActive: z.boolean().describe('False for a user who has left, and can own no further records.'),
  title: z.string().optional().describe('The job title, where it is open.'),
  role: z.string().optional().describe('The role, where it is open.'),
  profile: z.string().optional().describe('The profile, where it is open.'),
  objectTypes: z.array(z.string()).optional().describe('Of a queue: the objects whose records it takes.'),
});

export default salesforce.action({
  name: 'findOrgUsers',
  formerly: { name: 'findSalesforceUsers' },
  toolset: 'salesforce',
  access: 'read',
  needs: uses(),
  title: 'Find people and queues of Salesforce',
  description:
    'Finds people and queues of Salesforce, who own records, by name or e-mail address, and what each queue may own; also people who have left. ' +
    'Use it when it is not clear who is meant, or who may take records. ' +
    'Actions that take an owner find one by name themselves. For people at a customer use findContacts.',
  input: z.object({
    person: searchText
      .optional()
      .describe('A part of the name, the e-mail address, or "me". Leave it out to list all.'),
    role: searchText
      .optional()
      .describe('Only users with this in their job title or role, such as Sales Manager, where these are open.'),
    kind: z.enum(['user', 'queue']).optional().describe('Only users, or only queues.'),
    objectType: objectType.optional().meta({
      description: 'Only those who may own records of this object, such as Lead: active users, and its queues.',
    }),
    activeOnly: z.boolean().optional().describe('True to leave out users who have left.'),
  }),
  output: z.object({
    summary: summary('One sentence that says how many were found.'),
    users: z.array(user).describe('Those who are named exactly so, then active ones, by name.'),
    notShown,
  }),
  example: { person: 'Ana' },
  paged: true,
  async run(
    { person = '', role, kind: given, objectType: owned, activeOnly = owned !== undefined },
    { salesforce, page: request },
  ) {
    const kind = role === undefined ? given : 'user';
    const asked = kind ? [kind] : (['user', 'queue'] as const);
    const kinds = owned === undefined ? asked : await ownersOf(salesforce, owned, asked);
    const hidden: string[] = [];
    const leftOut = () => hidden.push('Group');
    const owners =
      kinds.length === 0
        ? []
        : await findOwners(salesforce, person, { kinds, input: 'person', most: MAX_FOUND, ofQueue: owned, leftOut });
    const known = owners.filter(({ isActive }) => isActive || !activeOnly);
    const ofAll = role === undefined ? undefined : await moreOf(salesforce, known);
    if (ofAll?.size === 0 && known.length > 0) hidden.push('User.Title', 'User.UserRole');
    const found = ofAll && role ? known.filter(({ id }) => isInRole(ofAll.get(id), role)) : known;
    const { items, nextCursor } = listPage(found, request);
    const [ofUsers, ofQueues] = await Promise.all([
      ofAll ?? moreOf(salesforce, items),
      objectTypesOf(salesforce, items).catch((error: unknown) => {
        if (!(error instanceof Failure) || !isHidden(error)) throw error;
        if (!isClosedHere(error)) hidden.push('QueueSobject');
        return new Map<string, string[]>();
      }),
    ]);
    const isCut = kinds.some(each => owners.filter(owner => owner.kind === each).length === MAX_FOUND);
    return page({
      items: items.map(
        ({ id: userId, name, email, kind: own, isActive }): z.output<typeof user> => ({
          userId,
          name,
          ...(email && { email }),
          kind: own,
          isActive,
          ...ofUsers.get(userId),
          ...(ofQueues.has(userId) && { objectTypes: ofQueues.get(userId) }),
        }),
      ),
      nextCursor,
      answer: (users, more) => ({
        summary: summarize(users, { more, isCut }),
        users,
        ...(hidden.length > 0 && { notShown: hidden }),
      }),
    });
  },
});

/** Whether each word is in the title or the role of a user. */
function isInRole({ title = '', role = '' }: Record<string, string> = {}, text: string): boolean {
  const own = `${title}\n${role}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every(word => own.includes(word));
}

/** Which of these kinds may own records of an object. @throws Failure `invalid_input` where its records have no owner */
async function ownersOf(salesforce: Salesforce, objectType: string, kinds: readonly Owner['kind'][]) {
  const { name, fields } = await salesforce.describe(objectType);
  const owner = fields.find(field => field.name === 'OwnerId');
  if (!owner) {
    const message = `Records of ${name} have no owner of their own, or it is not shown here.`;
    throw invalidInput([{ field: 'objectType', message }]);
  }
  return kinds.filter(kind => owner.referenceTo.includes(kind === 'queue' ? 'Group' : 'User'));
}

/** Title, role and profile of the users, as far as they are open. */
async function moreOf(salesforce: Salesforce, owners: readonly Owner[]) {
  const ids = owners.filter(({ kind }) => kind === 'user').map(({ id }) => id);
  if (ids.length === 0) return new Map<string, Record<string, string>>();
  const { fields } = await salesforce.describe('User');
  const there = new Set(fields.flatMap(({ name, relationshipName }) => [name, relationshipName]));
  const entries = Object.entries(moreOfUsers).filter(([, path]) => there.has(path.split('.')[0] ?? ''));
  const open = entries.map(([, path]) => path);
  if (open.length === 0) return new Map<string, Record<string, string>>();
  const records = await salesforce.query(soql`SELECT ${names('Id', ...open)} FROM User WHERE Id IN ${ids}`);
  return new Map(
    records.map(record => {
      const told = entries.flatMap(([name, path]): [string, string][] => {
        const value = valueAt(record, path);
        return typeof value === 'string' ? [[name, value]] : [];
      });
      return [String(record.Id), Object.fromEntries(told)];
    }),
  );
}

async function objectTypesOf(salesforce: Salesforce, owners: readonly Owner[]): Promise<Map<string, string[]>> {
  const ids = owners.filter(({ kind }) => kind === 'queue').map(({ id }) => id);
  const types = new Map<string, string[]>();
  if (ids.length === 0) return types;
  const records = await salesforce.query(
    soql`SELECT QueueId, SobjectType FROM QueueSobject WHERE QueueId IN ${ids} ORDER BY SobjectType`,
  );
  for (const { QueueId, SobjectType } of records) {
    types.set(String(QueueId), [...(types.get(String(QueueId)) ?? []), String(SobjectType)]);
  }
  return types;
}

/** `2 users and 1 queue.` */
function summarize(found: readonly { kind: string }[], { more, isCut }: { more: boolean; isCut: boolean }): string {
  const count = (kind: string) => found.filter(each => each.kind === kind).length;
  const [users, queues] = [count('user'), count('queue')];
  const parts = [
    users > 0 && counted(users, ['user', 'users']),
    queues > 0 && counted(queues, ['queue', 'queues']),
  ].filter(Boolean);
  if (parts.length === 0) return 'No user and no queue matches.';
  const rest = more ? '; there are more on the next page' : '';
  const cut = isCut ? ` Of each kind at most ${MAX_FOUND} are found: give more of the name.` : '';
  return `${parts.join(' and ')}${rest}.${cut}`;
}
