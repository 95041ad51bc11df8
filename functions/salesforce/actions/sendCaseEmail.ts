import * as z from 'zod';
import { oneLine, onOneLine, writtenText } from '../api/inputs.ts';
import { caseMail, recipientsOf, without } from '../api/service/caseEmail.ts';
import { caseId } from '../api/service/inputs.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.plannedAction({
  name: 'sendCaseEmail',
  toolset: 'salesforce-service',
  effect: 'adds',
  idempotent: false,
  needs: uses('read Case', 'EmailSingle'),
  title: 'Send an e-mail about a case',
  description:
    'Sends an e-mail to the customer of a Salesforce case and logs it there, so that the answer comes to the case. ' +
    "It comes from the address that the customer wrote to, else from that of this service's Salesforce user. " +
    'Use it to reply to the customer. The first call shows to whom it goes and what it says, and sends nothing; a second one with its confirmationToken alone sends it. ' +
    'For a note in Salesforce use addCaseComment.',
  input: z.object({
    caseId: caseId.describe('The case: its number, such as 00001026, or its ID.'),
    message: writtenText().describe(
      'The text, in Markdown, as the customer will read it, with greeting and signature.',
    ),
    subject: oneLine(255).optional().describe('The subject. Unless given, RE: and that of the case.'),
    to: z
      .string()
      .trim()
      .max(1_000)
      .optional()
      .describe(
        "To whom, separated by commas. Unless given, the contact's address, or the one that was left with the case.",
      ),
    cc: z.string().trim().max(1_000).optional().describe('Who gets a copy: e-mail addresses, separated by commas.'),
  }),
  data: z.object({
    caseId: z.string(),
    to: z.array(z.string()),
    cc: z.array(z.string()).optional(),
    from: z.string().optional(),
    subject: z.string(),
    message: z.string(),
  }),
  example: { caseId: '00012345', message: 'Hello Frank,\n\nthe token was **shipped** today.\n\nPriya' },
  async plan({ caseId: key, message, subject: given, to: givenTo, cc: givenCc }, { salesforce }) {
    const about = await caseMail(salesforce, key);
    const { caseId, number = caseId, customer, from, others, version } = about;
    const { to, cc } = recipientsOf({ to: givenTo, cc: givenCc }, about);
    const subject =
      given ??
      onOneLine(`RE: ${about.subject ?? `Case ${number}`}`)
        .slice(0, 255)
        .toWellFormed();
    const strangers = without([...to, ...cc], [...others, ...(customer ? [customer.address] : [])]);
    const leftOut = without(others, [...to, ...cc]);
    const copies = cc.length > 0 ? ` with a copy to ${cc.join(', ')}` : '';
    return {
      summary: [
        `An e-mail about case ${number}${about.account ? ` of ${about.account}` : ''} would be sent to ${to.join(', ')}${copies}.`,
        strangers.length > 0 && `It goes to others than the customer of the case: ${strangers.join(', ')}.`,
        leftOut.length > 0 &&
          `It leaves out ${leftOut.join(', ')}, who had part in the last e-mail of the customer: to include them call again with cc.`,
        'Nothing is sent yet: show the user the text, and send it when they agree.',
      ]
        .filter(Boolean)
        .join(' '),
      items: [
        {
          key: number,
          what: `From ${from ?? salesforce.actor} to ${to.join(', ')}${copies}, subject ${JSON.stringify(subject)}: ${message}`,
          version,
          data: { caseId, to, ...(cc.length > 0 && { cc }), ...(from && { from }), subject, message },
        },
      ],
    };
  },
  versionOf: async ({ data: { caseId } }, { salesforce }) => (await caseMail(salesforce, { id: caseId })).version,
  async perform({ data: { caseId, message, ...mail } }, { salesforce }) {
    const { markdownToHtml } = await import('../api/markdownToHtml.ts');
    await salesforce.sendEmail({ ...mail, html: markdownToHtml(message), recordId: caseId });
  },
});
