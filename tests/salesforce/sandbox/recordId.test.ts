import { expect, test } from 'vitest';
import { parseRecordId, recordId } from '../../../functions/salesforce/sandbox/recordId.ts';

test('an id of 15 characters becomes the one of 18 that Salesforce documents for it', () => {
  expect(parseRecordId('001A0000006Vm9u')).toBe('001A0000006Vm9uIAC');
  expect(parseRecordId('001A0000006Vm9uIAC')).toBe('001A0000006Vm9uIAC');
});

test('what is no id is none: a wrong length, another character, another suffix', () => {
  expect(
    ['001A0000006Vm9', '001A0000006Vm9uIA', '001A0000006Vm9_', '001A0000006Vm9uIAD', ''].map(parseRecordId),
  ).toEqual([undefined, undefined, undefined, undefined, undefined]);
});

test('ids of one object differ, and keep its prefix', () => {
  const ids = Array.from({ length: 5000 }, (_unused, n) => recordId('00T', n));
  expect(new Set(ids).size).toBe(5000);
  expect(ids.every(id => /^00T[a-zA-Z0-9]{15}$/.test(id) && parseRecordId(id) === id)).toBe(true);
});
