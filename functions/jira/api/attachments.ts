import { getIssue } from 'jira.js/cloud';
import type { Call } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import { type FileContents, fileContents } from '../../../shared/files/fileContents.ts';
import { quoted } from '../../../shared/text.ts';
import type { JiraClient } from './client.ts';
import { type Attachment, readIssue } from './issue.ts';

interface ReadAttachment extends FileContents {
  issueKey: string;
  file: Attachment;
  /** Its address in the browser. */
  url: string;
}

export interface Attachments {
  /**
   * A part of a file that is attached to an issue: `limit` thousand bytes of a text, or as many characters of a document.
   * @throws Failure `not_found` for a file that is not that issue's, or that only a restricted text shows; `invalid_input`
   * for a document that cannot be read
   */
  read(
    issueKey: string,
    attachmentId: string,
    part: { limit: number; cursor: string | undefined },
  ): Promise<ReadAttachment>;
}

interface AttachmentParts {
  /** It must have shown the issue before it gives a file of it. */
  client: JiraClient;
  call: Call;
  baseUrl: string;
}

/** What may say who sees a file: the texts that show it, and whether they are restricted. */
const fields = ['attachment', 'comment', 'worklog', 'description', 'environment'];

export function openAttachments({ client, call, baseUrl }: AttachmentParts): Attachments {
  return {
    async read(issueKey, attachmentId, part) {
      const issue = readIssue(await getIssue(client, { issueIdOrKey: issueKey, fields }));
      const file = issue.attachments.find(({ id }) => id === attachmentId);
      if (!file) throw noSuchFile(issue.key, attachmentId);
      const url = `${baseUrl}/rest/api/3/attachment/content/${file.id}`;
      const bytes = async (from: number, length: number) =>
        (await client.readAttachment(file.id, { from, length })).bytes;
      const contents = await fileContents(
        { name: file.name, mimeType: file.mimeType, size: file.size, url, bytes },
        { call, ...part, input: 'attachmentId', noun: 'attachment' },
      );
      return { ...contents, issueKey: issue.key, file, url };
    },
  };
}

function noSuchFile(issueKey: string, attachmentId: string): Failure {
  return new Failure(
    'not_found',
    `${issueKey} has no attachment ${quoted(attachmentId)} that may be shown. Take the attachmentId from getIssue.`,
  );
}
