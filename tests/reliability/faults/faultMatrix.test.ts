import { expect, it } from 'vitest';
import { allActions } from '../callAction.ts';
import { faultKinds } from './faultKinds.ts';
import { faultTable, isWrong, runFaultMatrix } from './runFaultMatrix.ts';

it('every action tells every fault of a vendor by the rules, writes at most once, and goes on afterwards', async () => {
  const rows = await runFaultMatrix();
  console.info(faultTable(rows));
  expect(rows.filter(isWrong)).toEqual([]);
  expect(rows.length).toBeGreaterThan(faultKinds.length * (allActions.length - 2));
}, 600_000);
