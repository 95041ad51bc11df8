import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { counted } from '../api/counted.ts';
import { recordForms, recordText } from '../api/inputs.ts';
import { listPage } from '../api/listPage.ts';
import { notShown } from '../api/notShown.ts';
import { recordNamed } from '../api/recordNamed.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

const file = z.object({
  fileId: id('The ID of the file or note, which getRecordFile takes.'),
  kind: z
    .enum(['file', 'note', 'attachment', 'classic note'])
    .describe('A file or note; attachments and classic notes are of the older kind.'),
  name: heading('Its name or title.'),
  type: z.string().optional().describe('What kind of file it is, such as PDF.'),
  size: z.int().optional().describe('Its size in bytes.'),
  createdAt: z.string().optional().describe("When it was added, ISO 8601, by the asking user's clock."),
  by: z.string().optional().describe('Who added it.'),
  changedAt: z.string().optional().describe('When it was last changed, where that is later.'),
  url: link('Its address in Salesforce.'),
});

export default salesforce.action({
  name: 'listRecordFiles',
  toolset: 'salesforce-service',
  access: 'read',
  needs: uses(),
  title: 'List the files of a record',
  description:
    'Lists the files, attachments and notes of a Salesforce record of any object, the latest first. ' +
    'Use it to see which documents or notes an account, case or opportunity has. To read one use getRecordFile.',
  input: z.object({ recordId: recordText.describe(`The record that they belong to, ${recordForms}.`) }),
  output: z.object({
    summary: summary('One sentence that says how many there are.'),
    files: z.array(file).describe('The files and notes, the latest first.'),
    notShown,
  }),
  example: { recordId: '001Sx0000000001IAA' },
  paged: true,
  async run({ recordId: text }, { salesforce, page: request }) {
    const recordId = await recordNamed(salesforce, text, { input: 'recordId' });
    const { record, files, isCut, notShown } = await salesforce.files.list(recordId);
    const of = `${record.objectType} ${record.name ?? record.recordId}`;
    return page({
      ...listPage(files, request),
      answer: (shown, more) => ({
        summary: summarize(shown.length, { of, more: more || isCut }),
        files: shown.map(({ id: fileId, ...each }) => ({ fileId, ...each })),
        ...(notShown.length > 0 && { notShown }),
      }),
    });
  },
});

function summarize(count: number, { of, more }: { of: string; more: boolean }): string {
  if (count === 0) return `The ${of} has no files and no notes that may be shown.`;
  const files = counted(count, ['file or note', 'files and notes']);
  return `${files} of the ${of}${more ? '; there are more' : ''}.`;
}
