import { expect, test } from 'vitest';
import { locatorOf, readCursor, writeCursor } from '../../../functions/salesforce/api/queryPage.ts';

test.each(['https://evil.example/', '../../limits', '/services/data/v67.0/query/01g-1', '01g/../x+0'])(
  'a cursor such as %s leads nowhere',
  cursor => {
    expect(() => readCursor(cursor)).toThrow('It is not a nextPageToken of this list.');
  },
);

test.each([{ skip: 4 }, { locator: '01gSx-200', skip: 0 }])('a cursor is read as it was written: %o', position => {
  expect(readCursor(writeCursor(position))).toEqual(position);
});

test('of the URL of a next page only the locator at its end is used', () => {
  expect(locatorOf('/services/data/v67.0/query/01gSx-200')).toBe('01gSx-200');
  expect(locatorOf('https://evil.example/a b')).toBeUndefined();
});
