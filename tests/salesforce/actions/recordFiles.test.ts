import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { request } from '../../support/request.ts';
import { list, useSalesforce } from '../harness.ts';

const hash = (key: string) => createHash('sha256').update(key).digest('hex');
const objects = ['Account', 'ContentDocument', 'ContentDocumentLink', 'ContentVersion', 'Attachment', 'Note'];
const keys = {
  [hash('accounts-agent')]: { systems: { salesforce: { objects } } },
  [hash('titles-agent')]: { systems: { salesforce: { hiddenFields: { ContentVersion: ['VersionData'] } } } },
};

const salesforce = useSalesforce({
  app: {
    env: { POLICY: JSON.stringify({ keys, default: { effects: ['reads', 'adds', 'changes', 'removes'] } }) },
  },
});
const contoso = recordId('001', 1);
const fabrikam = recordId('001', 6);
const supportCase = recordId('500', 1);

const filesOf = async (id: string) => {
  const { body } = await salesforce.call('listRecordFiles', { query: { recordId: id } });
  return list(body.files);
};
const idOf = async (id: string, name: string) => String((await filesOf(id)).find(file => file.name === name)?.fileId);

describe('listRecordFiles', () => {
  it('lists files, notes and those of the older kinds in one request, the latest first', async () => {
    // What is open of the people who added them is described once.
    await filesOf(contoso);
    salesforce.asked();
    const { body } = await salesforce.call('listRecordFiles', { query: { recordId: contoso } });
    expect(salesforce.costs()).toEqual(['POST /composite']);
    expect(body.summary).toBe('3 files and notes of the Account Contoso.');
    expect(list(body.files).map(({ kind, name, by, type }) => [kind, name, by, type])).toEqual([
      ['note', 'Kick-off', 'Ana Ruiz', undefined],
      ['file', 'Plants.csv', 'Li Wei', 'CSV'],
      ['file', 'Master agreement.pdf', 'Ana Ruiz', 'PDF'],
    ]);
    expect((await filesOf(supportCase)).map(({ kind, name }) => [kind, name])).toEqual([
      ['file', 'Error on the panel.png'],
      ['attachment', 'press.log'],
    ]);
    expect((await filesOf(fabrikam)).map(({ kind, name }) => [kind, name])).toEqual([
      ['classic note', 'Purchase process'],
    ]);
  });

  it('tells a record that is not there from one without files', async () => {
    const none = await salesforce.call('listRecordFiles', { query: { recordId: recordId('001', 12) } });
    expect(none.body.summary).toBe('The Account Adventure Works has no files and no notes that may be shown.');
    const gone = await salesforce.call('listRecordFiles', { query: { recordId: recordId('001', 999) } });
    expect([gone.status, gone.body.code]).toEqual([404, 'not_found']);
  });

  it('goes on without a kind that the user may not see, and says so', async () => {
    const error = { errorCode: 'INVALID_TYPE', message: "sObject type 'Attachment' is not supported." };
    const fine = { httpStatusCode: 200, body: { records: [{ Id: contoso, Name: 'Contoso' }] } };
    const empty = { httpStatusCode: 200, body: { records: [] } };
    const parts = [fine, empty, { httpStatusCode: 400, body: [error] }, empty];
    salesforce.sandbox.fail({ path: '/composite$', status: 200, body: JSON.stringify({ compositeResponse: parts }) });
    const { body } = await salesforce.call('listRecordFiles', { query: { recordId: contoso } });
    expect(body.notShown).toEqual(['attachments']);
  });
});

describe('getRecordFile', () => {
  it.each([
    [contoso, 'Master agreement.pdf', 'Notice period: three months to the end of a quarter.'],
    [contoso, 'Plants.csv', 'North,Seattle,12'],
    [contoso, 'Kick-off', '- Wants **two** plants this year\n- Budget is agreed & signed'],
    [supportCase, 'press.log', 'ERROR E-217 pressure below 4 bar'],
    [fabrikam, 'Purchase process', 'Orders above 50,000 need two signatures.'],
  ])('reads of %s the text of %s', async (id, name, text) => {
    const query = { recordId: id, fileId: await idOf(id, name) };
    const { status, body } = await salesforce.call('getRecordFile', { query });
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(body.text).toContain(text);
    expect(body).not.toHaveProperty('nextPageToken');
  });

  it('gives a long text in parts, of which nothing is lost', async () => {
    const text = Array.from({ length: 400 }, (_, at) => `${at} čeština 日本 line`).join('\n');
    const { body: made } = await salesforce.call('addRecordFile', {
      json: { recordId: contoso, fileName: 'long.txt', text },
    });
    let [read, pageToken, parts] = ['', '', 0];
    do {
      const query = { recordId: contoso, fileId: String(made.fileId), limit: '3', pageToken };
      const { body } = await salesforce.call('getRecordFile', { query });
      read += body.text;
      pageToken = body.nextPageToken ?? '';
      parts += 1;
    } while (pageToken);
    expect(read).toBe(text);
    expect(parts).toBeGreaterThan(2);
  });

  it('gives an image to a model that sees, and otherwise in base64', async () => {
    const input = { recordId: supportCase, fileId: await idOf(supportCase, 'Error on the panel.png') };
    const { body } = await salesforce.call('getRecordFile', { query: input });
    expect(body.image).toMatchObject({ mimeType: 'image/png' });
    const params = { name: 'getRecordFile', arguments: input };
    const { body: answer } = await request<{ result: { content: { type: string }[] } }>(
      `${salesforce.app.url}/api/mcp/x/salesforce-service`,
      { json: { jsonrpc: '2.0', id: 1, method: 'tools/call', params } },
    );
    expect(answer.result.content.map(({ type }) => type)).toContain('image');
  });

  it('gives no file by the ID of a record that does not have it', async () => {
    const query = { recordId: fabrikam, fileId: await idOf(contoso, 'Plants.csv') };
    const { status, body } = await salesforce.call('getRecordFile', { query });
    expect([status, body.code]).toEqual([404, 'not_found']);
    const other = await salesforce.call('getRecordFile', { query: { ...query, fileId: contoso } });
    expect([other.status, other.body.detail]).toEqual([400, expect.stringContaining('fileId: ')]);
  });
});

describe('addRecordFile', () => {
  it('adds a file that can be read again', async () => {
    const pdf = Buffer.from('%PDF-1.4 signed').toString('base64');
    const { status, body } = await salesforce.call('addRecordFile', {
      json: { recordId: recordId('006', 1), fileName: 'signed.pdf', base64: pdf },
    });
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(body).toMatchObject({ name: 'signed.pdf', size: 15, record: 'Opportunity Contoso – plant rollout' });
    expect(await filesOf(recordId('006', 1))).toMatchObject([{ fileId: body.fileId, name: 'signed.pdf', size: 15 }]);
  });

  it.each(['after', 'midBody'] as const)('is made once where its answer is lost: %s', async reset => {
    const fileName = `${reset}.txt`;
    salesforce.sandbox.fail({ method: 'POST', path: '/ContentVersion$', reset });
    const json = { recordId: contoso, fileName, text: reset };
    const { status, body } = await salesforce.call('addRecordFile', { json });
    expect([status, body.detail]).toEqual([200, undefined]);
    const found = (await filesOf(contoso)).filter(({ name }) => name === fileName);
    expect(found).toEqual([expect.objectContaining({ fileId: body.fileId })]);
  });

  it.each([
    [{ fileName: 'a.txt' }, 'text: '],
    [{ fileName: 'a.txt', text: 'a', base64: 'YQ==' }, 'base64: '],
    [{ fileName: 'a.bin', base64: 'YQ=' }, 'base64: '],
    [{ fileName: 'a\u202etxt.exe', text: 'a' }, 'fileName: '],
  ])('refuses %o before anything is written', async (json, field) => {
    const { status, body } = await salesforce.call('addRecordFile', { json: { recordId: contoso, ...json } });
    expect([status, body.detail]).toEqual([400, expect.stringContaining(field)]);
    expect(salesforce.asked()).toEqual([]);
  });
});

describe('addRecordNote', () => {
  const add = (json: object) => salesforce.call('addRecordNote', { json });

  it('adds a note that reads as it was written, for colleagues alone', async () => {
    const description = 'Exec sponsor changed to **Lee**.\n\n- call him\n- 1 < 2 & <b>no tag</b>';
    const { status, body } = await add({ recordId: contoso, description });
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(body).toMatchObject({ title: 'Exec sponsor changed to Lee.', record: 'Account Contoso' });
    const query = { recordId: contoso, fileId: String(body.fileId) };
    const { body: read } = await salesforce.call('getRecordFile', { query });
    expect(read).toMatchObject({ kind: 'note', text: description });
    const link = salesforce.sandbox
      .records('ContentDocumentLink')
      .find(({ ContentDocumentId }) => ContentDocumentId === body.fileId);
    expect(link).toMatchObject({ LinkedEntityId: contoso, Visibility: 'InternalUsers' });
  });

  it('leaves no note behind that belongs to nothing', async () => {
    const before = salesforce.sandbox.records('ContentDocument').length;
    // A user has no notes.
    const { status, body } = await add({ recordId: recordId('005', 2), description: 'orphan' });
    expect([status, body.code]).toEqual([400, 'invalid_input']);
    expect(body.detail).toContain('id value of incorrect type');
    expect(salesforce.sandbox.records('ContentDocument').length).toBe(before);
  });

  it('is made once where its answer is lost', async () => {
    salesforce.sandbox.fail({ path: '/composite/graph$', reset: 'after' });
    const { status, body } = await add({ recordId: contoso, title: 'Lost', description: 'Lost on the way.' });
    expect([status, body.note]).toEqual([200, expect.stringContaining('it is done')]);
    expect((await filesOf(contoso)).filter(({ name }) => name === 'Lost')).toHaveLength(1);
  });
});

describe('under a policy', () => {
  const as = (key: string) => ({ headers: { 'x-functions-key': key } });

  it('the files of a closed object are closed with it', async () => {
    const fileId = await idOf(supportCase, 'press.log');
    const accounts = as('accounts-agent');
    const own = await salesforce.call('listRecordFiles', { query: { recordId: contoso }, ...accounts });
    expect([own.status, own.body.detail]).toEqual([200, undefined]);
    salesforce.asked();
    const answers = await Promise.all([
      salesforce.call('listRecordFiles', { query: { recordId: supportCase }, ...accounts }),
      salesforce.call('getRecordFile', { query: { recordId: supportCase, fileId }, ...accounts }),
      salesforce.call('addRecordFile', { json: { recordId: supportCase, fileName: 'a.txt', text: 'a' }, ...accounts }),
      salesforce.call('addRecordNote', { json: { recordId: supportCase, description: 'a' }, ...accounts }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect(JSON.stringify(answers)).not.toContain('E-217');
    expect(salesforce.costs().filter(cost => /Body|VersionData|sobjects\/Content\w+$/.test(cost))).toEqual([]);
  });

  it('the contents of files are a field that can be closed', async () => {
    const query = { recordId: contoso, fileId: await idOf(contoso, 'Plants.csv') };
    const { status, body } = await salesforce.call('getRecordFile', { query, ...as('titles-agent') });
    expect([status, body.code]).toEqual([403, 'forbidden']);
    expect(JSON.stringify(body)).not.toContain('Seattle');
  });
});
