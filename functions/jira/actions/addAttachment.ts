import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { fileName } from '../../../shared/files/fileName.ts';
import { newFileBytes, newFileInputs } from '../../../shared/files/newFile.ts';
import { id } from '../../../shared/schema/meaning.ts';
import type { NewFile } from '../api/attachFiles.ts';
import { audience, issueKey, listOf, nameList } from '../api/inputs.ts';
import { commentAudience, ifAny, toWrittenIssue, writtenIssue } from '../api/issueRow.ts';
import { whereServed, writes } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'addAttachment',
  toolset: 'jira',
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: writes({ permissions: ['CREATE_ATTACHMENTS'], ...whereServed }),
  title: 'Attach a file to an issue',
  description:
    'Attaches a file to a Jira issue: its fileName with its text or base64; or copies files from another issue, with fromIssueKey. ' +
    'Use it for a screenshot, a log or another file, one a call, or to take along the attachments of an issue. To read one use getAttachment.',
  input: z.object({
    issueKey,
    fileName: fileName.optional().describe('The name of the new file with its ending, such as error.log.'),
    ...newFileInputs,
    fromIssueKey: issueKey.optional().describe('The key of the issue whose files are copied.'),
    fileNames: nameList
      .optional()
      .describe('With fromIssueKey: the names of the files, separated by commas. All unless given.'),
    audience: audience.describe(
      'Who sees the files; required in a service project, which shows each by a comment: public for the customer as well, internal for agents alone. Ask the user when it is not clear. Elsewhere leave it out.',
    ),
  }),
  output: writtenIssue.pick({ issueKey: true, title: true, status: true, note: true, url: true }).extend({
    attached: z
      .array(
        z.object({
          attachmentId: id('The ID of the file.').optional(),
          name: z.string().describe('Its name in Jira.'),
          size: z.int().describe('Its size in bytes.'),
        }),
      )
      .describe('The files that were attached.'),
    notAttached: z
      .array(z.object({ name: z.string().describe('The name of the file.'), reason: z.string().describe('Why.') }))
      .optional()
      .describe('The files that were not copied.'),
    audience: commentAudience,
  }),
  // Each file that is copied is read and sent.
  requests: 100,
  example: { issueKey: 'ATLAS-12', fileName: 'error.log', text: '12:04:11 ERROR The second tap charges again.' },
  async run({ issueKey, audience, fromIssueKey, fileNames, ...file }, { jira }) {
    const { issue, attached, left, notes, ...made } =
      fromIssueKey === undefined
        ? await jira.attachFiles.attach(issueKey, newFile({ ...file, fileNames }), audience)
        : await jira.attachFiles.copy(issueKey, source(fromIssueKey, fileNames, file), audience);
    return {
      ...toWrittenIssue(issue, jira.browseUrl, notes),
      attached: attached.map(({ id, name, size }) => ({ attachmentId: id, name, size })),
      notAttached: ifAny(left),
      audience: made.audience,
    };
  },
});

interface GivenFile {
  fileName?: string | undefined;
  text?: string | undefined;
  base64?: string | undefined;
}

/** @throws Failure `invalid_input` */
function newFile({ fileName: name, text, base64, fileNames }: GivenFile & { fileNames: string | undefined }): NewFile {
  if (fileNames !== undefined) throw wrong('fileNames', 'It goes with fromIssueKey alone.');
  if (name === undefined) throw wrong('fileName', 'Give the name of the file, or fromIssueKey to copy files.');
  return { name, bytes: newFileBytes({ text, base64 }) };
}

function source(issueKey: string, fileNames: string | undefined, file: GivenFile) {
  const [field] = Object.entries(file).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (field !== undefined) throw wrong(field, 'Leave it out with fromIssueKey, by which files are copied.');
  return { issueKey, names: fileNames === undefined ? undefined : listOf(fileNames) };
}

const wrong = (field: string, message: string) => invalidInput([{ field, message }]);
