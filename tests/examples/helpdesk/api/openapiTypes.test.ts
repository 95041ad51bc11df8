import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentHash } from '../../../../examples/helpdesk/api/documentHash.ts';

const api = join(import.meta.dirname, '../../../../examples/helpdesk/api');

describe('the types of the API', () => {
  it('are made from the document as it is: run npx node examples/helpdesk/api/makeTypes.ts after a change', async () => {
    const document = await readFile(join(api, 'openapi.json'), 'utf8');
    const [firstLine] = (await readFile(join(api, 'openapiTypes.ts'), 'utf8')).split('\n');
    expect(firstLine).toContain(`from openapi.json, sha256 ${documentHash(document)}.`);
  });
});
