import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { issueKey, projectId } from '../../../functions/jira/api/inputs.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('/', '.', '..', '?', '#', '%2f', '\\', 'A', '-', '1', ' ', '\n', '\u0000', '٣', 'ſ', 'K'),
  }),
);

describe.each([
  ['issue key', issueKey],
  ['project ID', projectId],
])('an %s', (_, schema) => {
  it('that is taken stays in its path segment, whatever its characters', () => {
    fc.assert(
      fc.property(anyText, text => {
        const { data } = schema.safeParse(text);
        if (data === undefined) return;
        const { pathname, search, hash } = new URL(`https://site.example/rest/api/3/thing/${data}/below`);
        expect({ pathname, search, hash }).toEqual({
          pathname: `/rest/api/3/thing/${data}/below`,
          search: '',
          hash: '',
        });
        expect(pathname.split('/')).toHaveLength(7);
      }),
      { numRuns: 3000 },
    );
  });
});
