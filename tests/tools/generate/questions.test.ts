import { expect, it } from 'vitest';
import { type Question, questions } from '../../../tools/generate/questions.ts';
import { questionTable } from '../../../tools/generate/questionTable.ts';
import { read } from '../../docs/documents.ts';
import { actions } from '../../support/sandboxedActions.ts';

const summary: Question = {
  asked: 'How is Atlas?',
  calls: [{ action: 'getProjectSummary', input: { projectId: 'ATLAS' } }],
};

const asked = (call: Partial<Question['calls'][number]>): Question => ({
  asked: summary.asked,
  calls: summary.calls.map(before => ({ ...before, ...call })),
});

it('the README tells a dozen questions of both systems, one that changes something, and one that is refused', () => {
  const rows = read('README.md').match(/^\| \*\*.*\*\*<br>\[`/gm);
  expect(rows).toHaveLength(questions.length);
  const called = questions.flatMap(({ calls }) => calls);
  const systemsOf = new Set(
    called.map(({ action }) =>
      actions
        .find(({ name }) => name === action)
        ?.uses.map(({ name }) => name)
        .join(),
    ),
  );
  expect(systemsOf).toEqual(
    new Set(['jira', 'salesforce', expect.stringMatching(/^(jira,salesforce|salesforce,jira)$/)]),
  );
  expect(called.some(({ input }) => 'confirmationToken' in input)).toBe(true);
  expect(called.some(({ refused }) => refused)).toBe(true);
});

it('a question is told with what the sandbox answers to it', async () => {
  const [, , row] = await questionTable([summary], actions);
  expect(row).toMatch(
    /^\| \*\*How is Atlas\?\*\*<br>\[`getProjectSummary`\]\(docs\/actions\.md#getprojectsummary\) \| Atlas has \d+ issues to do, .* \|$/,
  );
});

it.each([
  ['lacks what is shown of it', { shows: '{nothing.there}' }, /has no text or number nothing\.there/],
  ['lists nothing', { list: { of: 'issues', line: '{issueKey}' } }, /lists no issues/],
  ['is refused', { input: { projectId: 'NOWHERE' } }, /no Jira project NOWHERE/],
  ['is not refused as it should be', { refused: true }, /it is not refused/],
])('an answer that %s stops the generator and is named', async (_, call, message) => {
  await expect(questionTable([asked(call)], actions)).rejects.toThrow(message);
  await expect(questionTable([asked(call)], actions)).rejects.toThrow('“How is Atlas?”, getProjectSummary');
});

it('a question for a system that is not there is left out', async () => {
  expect(await questionTable([summary, asked({ action: 'findTickets' })], actions)).toHaveLength(3);
});
