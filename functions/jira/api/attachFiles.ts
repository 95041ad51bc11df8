import { addAttachment, getIssue } from 'jira.js/cloud';
import { mimeTypeFor } from 'jira.js/core';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import type { JiraClient } from './client.ts';
import type { CommentWrites } from './comments.ts';
import type { Audience } from './inputs.ts';
import { type Attachment, type Issue, readIssue } from './issue.ts';
import { parseAnswer } from './parseAnswer.ts';
import { newFilesSchema, requestFilesSchema, requestSchema, temporaryFilesSchema } from './wire.ts';

/** A file that is to be attached. */
export interface NewFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** A file that was attached, by the name that Jira gave it. */
interface AttachedFile {
  /** Undefined where Jira did not tell. */
  id: string | undefined;
  name: string;
  /** In bytes. */
  size: number;
}

/** What came of attaching files. */
interface AttachedFiles {
  issue: Issue;
  attached: AttachedFile[];
  /** Those that were not attached, or of which nobody knows, and why. */
  left: { name: string; reason: string }[];
  audience: Audience | undefined;
  /** What the user should know, in sentences. */
  notes: string[];
}

export interface AttachFiles {
  /** @throws Failure `invalid_input` where a service project is not told who sees the file, or another project is */
  attach(issueKey: string, file: NewFile, audience: Audience | undefined): Promise<AttachedFiles>;
  /** Copies files from one issue to another: those with these names, or all. @throws Failure as `attach`; `not_found` */
  copy(
    issueKey: string,
    from: { issueKey: string; names: readonly string[] | undefined },
    audience: Audience | undefined,
  ): Promise<AttachedFiles>;
}

interface AttachParts {
  client: JiraClient;
  comments: Pick<CommentWrites, 'checkAudience' | 'markAfterwards'>;
  /** A client whose requests end soon, for a look at what was written. */
  readBackClient(): JiraClient;
  /** The issue as it is then. It never throws. */
  readBack(issueKey: string, fields: string[]): Promise<Issue>;
  /** Milliseconds that are left of the call. */
  timeLeft(): number;
}

/** The largest file that is copied, and the most of all together, in bytes; and how many at a time. */
const MAX_FILE_BYTES = 10 * 1024 * 1024;
const MAX_BYTES = 30 * 1024 * 1024;
const MAX_FILES = 20;
/** How many files an error tells of. */
const MAX_LISTED = 5;
/** No file is begun with less time than this. */
const MIN_FILE_MS = 1_500;

/** What may say who sees a file: the texts that show it, and whether they are restricted. */
const showing = ['attachment', 'comment', 'worklog', 'description', 'environment'];

/** Where files go, and who sees them there. */
interface Place {
  issue: Issue;
  audience: Audience | undefined;
  /** The service desk that takes them; undefined where they go to the issue itself. */
  deskId: string | undefined;
}

export function openAttachFiles({ client, comments, readBackClient, readBack, timeLeft }: AttachParts): AttachFiles {
  const placeOf = async (issueKey: string, audience: Audience | undefined): Promise<Place> => {
    const answer = await getIssue(client, { issueIdOrKey: issueKey, fields: ['project', 'attachment'] });
    const issue = await comments.checkAudience(readIssue(answer), audience, 'file');
    const deskId = issue.isInServiceProject ? await deskOf(issue.key, audience) : undefined;
    return { issue, audience, deskId };
  };

  /** @returns undefined for an issue that is no customer's request, where everybody who sees it sees its files */
  const deskOf = async (key: string, audience: Audience | undefined): Promise<string | undefined> => {
    try {
      const answer = await client.sendRequest({ url: `/rest/servicedeskapi/request/${key}`, method: 'GET' });
      return parseAnswer(requestSchema, answer).serviceDeskId;
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'not_found') throw error;
      if (audience === 'public') return undefined;
      throw noRequest(key, error);
    }
  };

  /** Attaches one file, once: where the answer is lost, it looks whether the file is there. */
  const upload = async (place: Place, file: NewFile): Promise<{ file: AttachedFile; notes: string[] }> => {
    const sent = place.deskId === undefined ? toIssue(place.issue, file) : toRequest(place, place.deskId, file);
    return sent.catch(async error => {
      if (isLost(error)) {
        const found = await findNew(place.issue, file).catch(() => undefined);
        if (found) return { file: found, notes: [] };
      }
      throw refusal(error, place.issue.key, file);
    });
  };

  const toIssue = async ({ key }: Issue, file: NewFile) => {
    const content = new Blob([file.bytes], { type: typeOf(file.name) });
    const answer = await addAttachment(client, {
      issueIdOrKey: key,
      attachments: [{ filename: file.name, content }],
    });
    const [made] = parseAnswer(newFilesSchema, answer);
    return {
      file: { id: made?.id, name: made?.filename ?? file.name, size: made?.size ?? file.bytes.length },
      notes: [],
    };
  };

  /** The service desk takes a file in two steps, of which the first one shows it to nobody. */
  const toRequest = async ({ issue: { key }, audience }: Place, deskId: string, file: NewFile) => {
    const form = new FormData();
    form.append('file', new Blob([file.bytes], { type: typeOf(file.name) }), file.name);
    const kept = await client
      .sendRequest({
        url: `/rest/servicedeskapi/servicedesk/${deskId}/attachTemporaryFile`,
        method: 'POST',
        headers: { 'x-atlassian-token': 'no-check' },
        body: form,
      })
      .catch(error => {
        throw isLost(error) ? notBegun(error) : error;
      });
    const { temporaryAttachments } = parseAnswer(temporaryFilesSchema, kept);
    const answer = await client.sendRequest({
      url: `/rest/servicedeskapi/request/${key}/attachment`,
      method: 'POST',
      body: {
        temporaryAttachmentIds: temporaryAttachments.map(({ temporaryAttachmentId }) => temporaryAttachmentId),
        public: audience === 'public',
      },
    });
    const { attachments, comment } = parseAnswer(requestFilesSchema, answer);
    const [made] = attachments?.values ?? [];
    const id = /\/(\d{1,18})$/.exec(made?._links?.jiraRest ?? '')?.[1];
    return {
      file: { id, name: made?.filename ?? file.name, size: made?.size ?? file.bytes.length },
      notes: [
        ...(comment ? await comments.markAfterwards(comment.id) : []),
        ...(comment
          ? [
              `The service desk shows each file by ${audience === 'public' ? 'a public comment, which the customer is told of' : 'an internal comment'}, in the name of the account signed in to Jira.`,
            ]
          : []),
        ...(comment && comment.public !== undefined && comment.public !== (audience === 'public')
          ? [`Jira made it ${comment.public ? 'public: the customer can see it' : 'internal'}. Tell the user at once.`]
          : []),
      ],
    };
  };

  /** A file of this name and size that was not there before. */
  const findNew = async (before: Issue, { name, bytes }: NewFile): Promise<AttachedFile | undefined> => {
    const answer = await getIssue(readBackClient(), { issueIdOrKey: before.key, fields: ['attachment'] });
    const known = new Set(before.attachments.map(({ id }) => id));
    const found = readIssue(answer).attachments.find(
      file => !known.has(file.id) && file.size === bytes.length && file.name.normalize('NFC') === name.normalize('NFC'),
    );
    return found && { id: found.id, name: found.name, size: bytes.length };
  };

  const contentsOf = async ({ id, name, size = MAX_FILE_BYTES }: Attachment): Promise<NewFile> => {
    const { bytes } = await client.readAttachment(id, { from: 0, length: Math.min(size, MAX_FILE_BYTES) + 1 });
    if (bytes.length > MAX_FILE_BYTES) throw new Failure('invalid_input', tooLarge);
    return { name, bytes: new Uint8Array(bytes) };
  };

  const told = async (
    place: Place,
    parts: Pick<AttachedFiles, 'attached' | 'left' | 'notes'>,
  ): Promise<AttachedFiles> => ({
    ...parts,
    issue: await readBack(place.issue.key, ['summary', 'status']),
    audience: place.issue.isInServiceProject ? place.audience : undefined,
  });

  return {
    async attach(issueKey, file, audience) {
      const place = await placeOf(issueKey, audience);
      const { file: made, notes } = await upload(place, file);
      return told(place, { attached: [made], left: [], notes });
    },

    async copy(issueKey, { issueKey: fromKey, names }, audience) {
      const [place, source] = await Promise.all([
        placeOf(issueKey, audience),
        getIssue(client, { issueIdOrKey: fromKey, fields: showing }).then(readIssue),
      ]);
      if (place.issue.key === source.key) {
        throw invalidInput([{ field: 'fromIssueKey', message: 'It is the issue itself.' }]);
      }
      const chosen = namedFiles(source, names);
      const attached: AttachedFile[] = [];
      const left: AttachedFiles['left'] = [];
      const notes: string[] = [];
      let room = MAX_BYTES;
      let stopped: string | undefined;
      for (const [at, file] of chosen.entries()) {
        const { name, size = 0 } = file;
        const reason = stopped ?? obstacle(file, { place, at, room, timeLeft: timeLeft() });
        if (reason !== undefined) {
          left.push({ name, reason });
          continue;
        }
        const contents = await contentsOf(file).catch(error => {
          if (!(error instanceof Failure)) throw error;
          left.push({ name, reason: error.message });
        });
        if (!contents) continue;
        try {
          const made = await upload(place, contents);
          attached.push(made.file);
          notes.push(...made.notes);
          room -= size;
        } catch (error) {
          // Nothing was done yet, so this is what came of the whole call.
          if (!(error instanceof Failure) || attached.length === 0) throw error;
          left.push({ name, reason: error.message });
          if (error.code !== 'invalid_input') stopped = 'It was not begun, because the one before it failed.';
        }
      }
      if (attached.length === 0) throw nothingCopied(left);
      if (left.length > 0) {
        notes.push('Some files were not copied. The same call with repeat: true tries those again, and no others.');
      }
      if (source.hiddenAttachments > 0) {
        notes.push(`Left out: ${source.hiddenAttachments} that only restricted comments of ${source.key} show.`);
      }
      return told(place, { attached, left, notes: [...new Set(notes)] });
    },
  };
}

/** An archive of HTTP requests is JSON: http://www.softwareishard.com/blog/har-12-spec/ */
const typeOf = (name: string) => (/\.har$/i.test(name) ? 'application/json' : mimeTypeFor(name));

function nothingCopied(left: AttachedFiles['left']): Failure {
  const told = left.slice(0, MAX_LISTED).map(({ name, reason }) => `${quoted(name)}: ${reason}`);
  const more = left.length > MAX_LISTED ? ` And ${left.length - MAX_LISTED} more.` : '';
  return new Failure('conflict', `Nothing was copied. ${told.join(' ')}${more}`, { nothingDone: true });
}

/** @throws Failure `not_found` where the issue has none, or none of such a name */
function namedFiles({ key, attachments }: Issue, names: readonly string[] | undefined): readonly Attachment[] {
  if (attachments.length === 0) throw new Failure('not_found', `${key} has no attachments that may be shown.`);
  if (!names) return attachments;
  const isCalled = (file: Attachment, name: string) =>
    file.id === name || file.name.normalize('NFC').toLowerCase() === name.normalize('NFC').toLowerCase();
  const missing = names.filter(name => !attachments.some(file => isCalled(file, name)));
  if (missing.length > 0) {
    const there = attachments.slice(0, MAX_FILES).map(({ name }) => quoted(name));
    throw new Failure(
      'not_found',
      `${key} has no attachment ${missing.map(quoted).join(', ')}. It has ${there.join(', ')}${attachments.length > MAX_FILES ? ' and more' : ''}.`,
    );
  }
  return attachments.filter(file => names.some(name => isCalled(file, name)));
}

const tooLarge = `It is larger than ${MAX_FILE_BYTES / 1024 / 1024} MB.`;

/** Why a file is not begun; undefined where nothing stands in its way. */
function obstacle(
  { name, size = 0 }: Attachment,
  { place, at, room, timeLeft }: { place: Place; at: number; room: number; timeLeft: number },
): string | undefined {
  if (place.issue.attachments.some(file => file.name === name && file.size === size)) {
    return 'A file of this name and size is there already.';
  }
  if (size === 0) return 'It is empty.';
  if (size > MAX_FILE_BYTES) return tooLarge;
  if (at >= MAX_FILES) return `A call copies ${MAX_FILES} files at most: copy it by another one, with its name.`;
  if (size > room) return `A call copies ${MAX_BYTES / 1024 / 1024} MB at most: copy it by another one, with its name.`;
  return timeLeft < MIN_FILE_MS ? 'There was no time left: copy it by another call.' : undefined;
}

/** Whether nobody knows what came of a request that writes. */
function isLost(error: unknown): boolean {
  return (
    error instanceof Failure &&
    (error.code === 'upstream_timeout' || error.code === 'upstream_error') &&
    !error.nothingDone
  );
}

/** What was sent shows to nobody, whether or not it came. */
function notBegun(cause: unknown): Failure {
  return new Failure('upstream_error', 'Jira did not take the file, and nothing was attached. Try again in a minute.', {
    nothingDone: true,
    cause,
  });
}

function refusal(error: unknown, issueKey: string, { name, bytes }: NewFile): unknown {
  // A refusal of this service's own has no answer of Jira's for its cause.
  if (!(error instanceof Failure) || error.cause === undefined) return error;
  const status = error.cause instanceof Error ? error.cause.message : '';
  const says = error.message.indexOf('Jira says: ');
  const told = says < 0 ? '' : ` ${error.message.slice(says)}`;
  if (status === 'status 413') {
    const message = `This Jira site takes no file as large as ${quoted(name)} with ${bytes.length} bytes. Say so to the user.${told}`;
    return new Failure('invalid_input', message, { cause: error });
  }
  if (error.code !== 'forbidden' && error.code !== 'not_found') return error;
  const message = `Nothing was attached: the account signed in to Jira may not attach files to ${issueKey}, or attachments are turned off there. Say so to the user.${told}`;
  return new Failure('forbidden', message, { cause: error });
}

function noRequest(key: string, cause: Failure): Failure {
  const message = `The service desk knows no request ${key}, so that no file there can be kept from customers: either ${key} is no customer's request, or the account signed in to Jira is no agent of the project. Nothing was attached. If everybody who sees the issue may see the file, give audience public.`;
  return new Failure('conflict', message, { cause });
}
