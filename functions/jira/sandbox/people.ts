import type { Person } from './model.ts';

const accountId = (number: number) => `712020:00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const person = (number: number, displayName: string, mailbox: string, more: Partial<Person> = {}): Person => ({
  accountId: accountId(number),
  accountType: 'atlassian',
  displayName,
  email: `${mailbox}@example.com`,
  active: true,
  ...more,
});

/** The account that the API is called with. */
export const agent = person(1, 'Copilot Agent', 'agent');
export const ana = person(2, 'Ana Ruiz', 'ana.ruiz');
export const li = person(3, 'Li Wei', 'li.wei', { emailHidden: true });
export const zoe = person(4, "Zoë O'Brien", 'zoe.obrien');
export const samTaylor = person(5, 'Sam Taylor', 'sam.taylor');
export const samTyler = person(6, 'Sam Tyler', 'sam.tyler');
export const jurgen = person(7, 'Jürgen Groß', 'juergen.gross');
export const priya = person(8, 'Priya Natarajan', 'priya.n');
/** Has left: still on old issues, yet nothing can be assigned to her. */
export const marta = person(9, 'Marta Olsen', 'marta.olsen', { active: false });
export const automation = person(10, 'Automation for Jira', 'automation', { accountType: 'app', emailHidden: true });

export const people = [agent, ana, li, zoe, samTaylor, samTyler, jurgen, priya, marta, automation];
