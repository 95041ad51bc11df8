import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { heading, id } from '../../../shared/schema/meaning.ts';
import { shortText } from '../api/inputs.ts';
import { offsetOf } from '../api/offset.ts';
import { kindOf } from '../api/people.ts';
import { reads } from '../needs.ts';
import { jira } from '../system.ts';

const user = z.object({
  accountId: id('The ID of the account, which every input for a person takes.'),
  name: heading('The name of the person.').optional(),
  email: z.string().optional().describe('The e-mail address; absent when it is hidden.'),
  organizations: z
    .array(z.string())
    .optional()
    .describe('Where asked for, the organisations of service desks that they belong to: of the first ten people.'),
  kind: z
    .enum(['left', 'customer', 'app'])
    .optional()
    .describe(
      'Absent for a person who works here. left: inactive. customer: of a service project. None is assigned issues.',
    ),
});

/** Each costs a request for each service desk. */
const MAX_ASKED = 10;

export default jira.action({
  name: 'findUsers',
  toolset: 'jira',
  core: true,
  access: 'read',
  needs: reads({
    permissions: ['USER_PICKER'],
    scopes: ['read:jira-user'],
    also: [
      {
        when: 'for organisations',
        permissions: ['SERVICEDESK_AGENT'],
        scopes: ['read:servicedesk-request', 'manage:servicedesk-customer'],
      },
    ],
  }),
  title: 'Find users',
  description:
    'Finds people who use Jira by name, e-mail address or account ID: staff, customers, apps. ' +
    'Use it when it is not clear who is meant, or when another action says that several people match. ' +
    'Actions that take a person find one by name or address themselves. For people at a customer use findContacts.',
  input: z.object({
    person: shortText.describe('The beginning of a name or of an e-mail address, such as Ana or ana.ruiz@example.com.'),
    withOrganizations: z.boolean().optional().describe("True for a customer's organisations, too."),
  }),
  output: z.object({ users: z.array(user).describe('The matching people.') }),
  example: { person: 'Ana' },
  paged: true,
  // The service desks, and each of five of them for each of ten people.
  requests: 60,
  async run({ person, withOrganizations }, { jira, page: { limit, cursor } }) {
    const { users, next } = await jira.people.search(person, { startAt: offsetOf(cursor), limit });
    const asked = withOrganizations ? users.filter(user => kindOf(user) !== 'app').slice(0, MAX_ASKED) : [];
    const organizations = new Map(
      await Promise.all(
        asked.map(async ({ accountId }) => [accountId, await jira.desks.organizationNames(accountId)] as const),
      ),
    );
    return page({
      items: users.map(({ accountId, displayName, emailAddress, ...others }) => ({
        accountId,
        ...(displayName && { name: displayName }),
        ...(emailAddress && { email: emailAddress }),
        organizations: organizations.get(accountId),
        kind: kindOf(others),
      })),
      nextCursor: next === undefined ? undefined : String(next),
      answer: shown => ({ users: shown }),
    });
  },
});
