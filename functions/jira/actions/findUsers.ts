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
  kind: z
    .enum(['left', 'customer', 'app'])
    .optional()
    .describe(
      'Absent for a person who works here. left: inactive. customer: of a service project. None is assigned issues.',
    ),
});

export default jira.action({
  name: 'findUsers',
  toolset: 'jira',
  core: true,
  access: 'read',
  needs: reads({ permissions: ['USER_PICKER'], scopes: ['read:jira-user'] }),
  title: 'Find users',
  description:
    'Finds people who use Jira by name, e-mail address or account ID: staff, customers, apps. ' +
    'Use it when it is not clear who is meant, or when another action says that several people match. ' +
    'Actions that take a person find one by name or address themselves. For people at a customer use findContacts.',
  input: z.object({
    person: shortText.describe('The beginning of a name or of an e-mail address, such as Ana or ana.ruiz@example.com.'),
  }),
  output: z.object({ users: z.array(user).describe('The matching people.') }),
  example: { person: 'Ana' },
  paged: true,
  async run({ person }, { jira, page: { limit, cursor } }) {
    const { users, next } = await jira.people.search(person, { startAt: offsetOf(cursor), limit });
    return page({
      items: users.map(({ accountId, displayName, emailAddress, ...others }) => ({
        accountId,
        ...(displayName && { name: displayName }),
        ...(emailAddress && { email: emailAddress }),
        kind: kindOf(others),
      })),
      nextCursor: next === undefined ? undefined : String(next),
      answer: shown => ({ users: shown }),
    });
  },
});
