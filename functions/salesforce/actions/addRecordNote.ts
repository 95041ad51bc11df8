import * as z from 'zod';
import { id, link } from '../../../shared/schema/meaning.ts';
import { oneLine, onOneLine, recordForms, recordText, writtenText } from '../api/inputs.ts';
import { recordNamed } from '../api/recordNamed.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

/** What a title is made of where none is given. */
const MAX_TITLE = 80;

export default salesforce.action({
  name: 'addRecordNote',
  toolset: 'salesforce-service',
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: uses(),
  title: 'Add a note to a record',
  description:
    "Adds a note to a Salesforce record of any object, as this service's Salesforce user; colleagues who see the record can read it, customers cannot. " +
    'Use it to keep what was learned. For a call or a meeting use logActivity.',
  input: z.object({
    recordId: recordText.describe(`The record that gets the note, ${recordForms}.`),
    description: writtenText().describe('What the note says, in Markdown.'),
    title: oneLine(255).optional().describe('Its title; the beginning of the text unless given.'),
  }),
  output: z.object({
    fileId: id('The ID of the note.').optional(),
    title: z.string().describe('Its title.'),
    record: z.string().describe('The record that has it now.'),
    note: z.string().optional().describe('What the user should know of it.'),
    url: link('Its address in Salesforce.').optional(),
  }),
  example: { recordId: '001Sx0000000001IAA', description: 'The executive sponsor changed to **Lee**.' },
  async run({ recordId: text, description, title = titleOf(description) }, { salesforce }) {
    const recordId = await recordNamed(salesforce, text, { input: 'recordId' });
    const { record, fileId, url, notes } = await salesforce.files.addNote(recordId, { title, markdown: description });
    return {
      fileId,
      title,
      record: `${record.objectType} ${record.name ?? record.recordId}`,
      ...(notes.length > 0 && { note: notes.join(' ') }),
      url,
    };
  },
});

/** The first line without the signs of Markdown, up to a whole word. */
function titleOf(markdown: string): string {
  const [line = ''] = markdown.split(/\r?\n/);
  const plain =
    onOneLine(line)
      .replace(/[*_`#>]/g, '')
      .trim() || 'Note';
  if (plain.length <= MAX_TITLE) return plain;
  const cut = plain.slice(0, MAX_TITLE);
  const end = cut.lastIndexOf(' ');
  return `${(end > 0 ? cut.slice(0, end) : cut).toWellFormed()}…`;
}
