import type { HttpResponse } from '@azure/functions';
import { expect, it } from 'vitest';
import { actions } from '../../../functions/actions.ts';
import { systems } from '../../../functions/everySystem.ts';
import { createBackend } from '../../../shared/action/backend.ts';
import { rehearse } from '../../../shared/action/rehearse.ts';

it('every rehearsed call is answered, by what stands in for the vendor and by nobody else', async () => {
  const rehearsed = systems.filter(({ rehearsal }) => rehearsal).map(({ name }) => name);
  expect(rehearsed).toEqual(['jira', 'salesforce']);
  const answers: HttpResponse[] = [];
  await rehearse({ systems, actions }, rehearsed, createBackend, async call => void answers.push(await call()));
  expect(answers.length).toBeGreaterThan(rehearsed.length);
  for (const answer of answers)
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('ehearsal')]);
});

it('what is not configured is not rehearsed', async () => {
  await rehearse({ systems, actions }, [], createBackend, () => Promise.reject(new Error('A call was made.')));
});
