import * as z from 'zod';
import { fileName } from '../../../shared/files/fileName.ts';
import { newFileBytes, newFileInputs } from '../../../shared/files/newFile.ts';
import { id, link } from '../../../shared/schema/meaning.ts';
import { recordForms, recordText } from '../api/inputs.ts';
import { recordNamed } from '../api/recordNamed.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'addRecordFile',
  toolset: 'salesforce-service',
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: uses(),
  title: 'Add a file to a record',
  description:
    "Adds a file to a Salesforce record of any object, as this service's Salesforce user: its fileName with its text or base64. " +
    'Use it for a signed PDF, a screenshot or a log, one a call. For a remark in words use addRecordNote.',
  input: z.object({
    recordId: recordText.describe(`The record that gets the file, ${recordForms}.`),
    fileName: fileName.describe('The name of the file with its ending, such as contract.pdf.'),
    ...newFileInputs,
  }),
  output: z.object({
    fileId: id('The ID of the file.').optional(),
    name: z.string().describe('Its name.'),
    size: z.int().describe('Its size in bytes.'),
    record: z.string().describe('The record that has it now.'),
    note: z.string().optional().describe('What the user should know of it.'),
    url: link('Its address in Salesforce.').optional(),
  }),
  example: { recordId: '001Sx0000000001IAA', fileName: 'minutes.txt', text: 'Renewal agreed for two years.' },
  async run({ recordId: given, fileName, text, base64 }, { salesforce }) {
    const recordId = await recordNamed(salesforce, given, { input: 'recordId' });
    const bytes = newFileBytes({ text, base64 });
    const { record, fileId, name, url, notes } = await salesforce.files.add(recordId, { name: fileName, bytes });
    return {
      fileId,
      name,
      size: bytes.length,
      record: `${record.objectType} ${record.name ?? record.recordId}`,
      ...(notes.length > 0 && { note: notes.join(' ') }),
      url,
    };
  },
});
