import * as z from 'zod';
import { paragraph } from '../adf.ts';
import { addComment, attachFile } from '../changes.ts';
import { badRequest, JiraError, notFound } from '../jiraError.ts';
import type { UploadedFile } from '../multipart.ts';
import { showAttachment, showPersonById } from '../represent.ts';
import { act, type Call, issueInPath, may, parseBody, type Route, route } from '../router.ts';
import type { Site } from '../site.ts';
import { requestInPath, requireMayComment } from './requests.ts';

/** What an administrator of this site lets a file have at most. */
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 60;

export const uploadRoutes: Route[] = [
  route('POST', 'issue/{issueIdOrKey}/attachments', call => {
    checkXsrf(call);
    const issue = issueInPath(call);
    if (issue.frozen || !may(call, 'CREATE_ATTACHMENTS', issue))
      throw new JiraError(403, 'You do not have permission to create attachments for this issue.');
    const made = uploaded(call).map(file => attachFile(call.whole, issue, file, act(call)));
    return { json: made.map(attachment => showAttachment(call, attachment)) };
  }),
];

/** Files that were sent, and belong to nothing yet. */
const temporary = new WeakMap<Site, Map<string, UploadedFile>>();

/** Below `/rest/servicedeskapi`: https://developer.atlassian.com/cloud/jira/service-desk/rest/api-group-request/ */
export const requestFileRoutes: Route[] = [
  route('POST', 'servicedesk/{serviceDeskId}/attachTemporaryFile', call => {
    checkXsrf(call);
    const isThere = call.site.desks.some(({ id }) => id === call.params.serviceDeskId);
    if (!isThere) throw notFound('The service desk does not exist.');
    const kept = temporary.get(call.whole) ?? new Map<string, UploadedFile>();
    temporary.set(call.whole, kept);
    const temporaryAttachments = uploaded(call).map(file => {
      const id = `temp${call.site.nextId()}`;
      kept.set(id, file);
      return { temporaryAttachmentId: id, fileName: file.filename };
    });
    return { status: 201, json: { temporaryAttachments } };
  }),
  route('POST', 'request/{issueIdOrKey}/attachment', call => {
    const issue = requestInPath(call);
    if (issue.frozen || !may(call, 'CREATE_ATTACHMENTS', issue))
      throw new JiraError(403, 'You do not have permission to attach files to this request.');
    const { temporaryAttachmentIds, public: isPublic, additionalComment } = parseBody(call, requestFiles);
    requireMayComment(call, issue, isPublic);
    const kept = temporary.get(call.whole);
    const files = temporaryAttachmentIds.map(id => {
      const file = kept?.get(id);
      if (!file) throw badRequest(`The temporary attachment '${id}' does not exist or has expired.`);
      return file;
    });
    for (const id of temporaryAttachmentIds) kept?.delete(id);
    const made = files.map(file => attachFile(call.whole, issue, { ...file, isPublic }, act(call)));
    const names = made.map(({ filename }) => `!${filename}|thumbnail!`).join(' ');
    const body = [additionalComment?.body, names].filter(Boolean).join('\n');
    const comment = addComment(call.whole, issue, paragraph(body), act(call), { isPublic });
    return {
      status: 201,
      json: {
        comment: {
          id: comment.id,
          body,
          public: isPublic,
          author: showPersonById(call, comment.authorId),
          created: { iso8601: new Date(comment.created).toISOString() },
        },
        attachments: {
          size: made.length,
          start: 0,
          limit: 50,
          isLastPage: true,
          values: made.map(({ id, filename, size, mimeType, authorId, created }) => ({
            filename,
            size,
            mimeType,
            author: showPersonById(call, authorId),
            created: { iso8601: new Date(created).toISOString() },
            _links: { jiraRest: `${call.base}/rest/api/2/attachment/${id}` },
          })),
        },
      },
    };
  }),
];

const requestFiles = z.looseObject({
  temporaryAttachmentIds: z.array(z.string()).min(1),
  public: z.boolean(),
  additionalComment: z.looseObject({ body: z.string().optional() }).optional(),
});

/** A page elsewhere could send a form in its reader's name. */
function checkXsrf({ headers }: Call): void {
  if (headers['x-atlassian-token'] !== 'no-check') throw new JiraError(403, 'XSRF check failed');
}

/** @throws {JiraError} 400 where there are none, 413 where they are too many or too large */
function uploaded({ files }: Call): UploadedFile[] {
  if (files.length === 0) throw badRequest("No files were given as the part 'file' of the form.");
  if (files.length > MAX_FILES) throw new JiraError(413, `At most ${MAX_FILES} files are taken at a time.`);
  const large = files.find(({ bytes }) => bytes.length > MAX_BYTES);
  if (large) {
    throw new JiraError(413, `The file '${large.filename}' exceeds the maximum attachment size of 10.00 MB.`);
  }
  return files;
}
