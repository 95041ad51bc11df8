import { expect, test } from 'vitest';
import { mailText } from '../../../../functions/salesforce/api/service/mailText.ts';

const answer = 'It works again.\n\nThanks, Frank';

test.each([
  ['Gmail', 'On Tue, Nov 3, 2026 at 10:00 AM Support <support@example.com> wrote:\n> Hello\n> we have cleared it'],
  ['a broken line', 'On Tue, Nov 3, 2026 at 10:00 AM Support\n<support@example.com> wrote:\n\nHello'],
  ['German', 'Support <support@example.com> schrieb am Di., 3. Nov. 2026, 10:00:\n\n> Hallo'],
  ['French', 'Le mar. 3 nov. 2026 à 10:00, Support <support@example.com> a écrit :\n> Bonjour'],
  [
    'Outlook',
    '________________________________\nFrom: Support\nSent: Tuesday, November 3\nTo: Frank\nSubject: RE: It\n\nHello',
  ],
  ['German Outlook', 'Von: Support\nGesendet: Dienstag\nAn: Frank\nBetreff: AW: Es\n\nHallo'],
  ['bold names', '**From:** Support\n**Sent:** Tuesday\n**To:** Frank\n\nHello'],
  ['Salesforce', '--------------- Original Message ---------------\nFrom: Support\nSent: 3 Nov\nTo: Frank\n\nHello'],
  ['signs alone', '> Hello\n>\n> we have cleared it'],
])('leaves out what is answered below: %s', (_, quote) => {
  expect(mailText(`${answer}\n\n${quote}`)).toEqual({ text: answer, hasQuote: true });
  expect(mailText(`${answer}\n\n${quote}`.replaceAll('\n', '\r\n'))).toEqual({ text: answer, hasQuote: true });
});

test.each([
  ['answers between quotations', '> Does it work?\n\nYes.\n\n> Since when?\n\nSince Monday.'],
  [
    'an answer below',
    'On 3 Nov 2026, at 10:00, Support <support@example.com> wrote:\n> Does it work?\n\nYes, since Monday.',
  ],
  [
    'what was forwarded',
    'See below.\n\n---------- Forwarded message ---------\nFrom: Boss\nDate: Monday\nSubject: It\n\nDo it.',
  ],
  ['nothing but a quotation', 'From: Boss\nSent: Monday\nTo: Frank\n\nDo it.'],
  ['a sentence that says wrote', 'The log wrote:\n\nERROR 5'],
  ['a list with From', 'From: Berlin\nby train\nto the plant'],
])('keeps %s', (_, text) => {
  expect(mailText(text)).toEqual({ text, hasQuote: false });
});

test('leaves out what tells programs which case it is', () => {
  expect(mailText('Hello\n\nref:_00D50Ab._500Xy:ref').text).toBe('Hello');
  expect(mailText('Hello [ ref:!00D500Ab.!500Xy:ref ]\n\nthread::pp5XPGfmNf2hRZdRCWnrohc::').text).toBe('Hello');
});

test('reads a mail of a hundred thousand lines', () => {
  for (const line of ['From:\n', 'on a@b 1:00\n', '> x\ny\n', 'wrote:\n', '\n']) {
    expect(mailText(`Hello\n${line.repeat(50_000)}end`).text).toMatch(/^Hello/);
  }
});
