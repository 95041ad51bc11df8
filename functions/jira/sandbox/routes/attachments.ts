import type { SandboxReply, SandboxRequest } from '../../../../shared/sandbox/sandboxServer.ts';
import { JiraError, notFound } from '../jiraError.ts';
import type { Attachment } from '../model.ts';
import { shownAttachments } from '../rights.ts';
import { type Route, route } from '../router.ts';
import type { Site } from '../site.ts';

export const attachmentRoutes: Route[] = [
  route('GET', 'attachment/content/{id}', ({ site, params, query, headers, base }) => {
    const file = site.issues.flatMap(issue => shownAttachments(site, issue)).find(({ id }) => id === params.id);
    if (!file?.bytes) throw notFound(`The attachment with id '${params.id}' does not exist`);
    if (query.get('redirect') === 'false') return part(file, file.bytes, headers.range);
    return { status: 303, headers: { location: `${new URL(base).origin}/media/${file.id}` }, text: '' };
  }),
];

/** Contents are kept by another service, which wants no credentials: who has the address may read. */
export function answerMedia(site: Site, { path, headers }: SandboxRequest): SandboxReply | undefined {
  const [, id] = /^\/media\/(\d+)$/.exec(path) ?? [];
  const file = id === undefined ? undefined : findAttachment(site, id);
  if (!file?.bytes) return undefined;
  // It refuses those of anybody else.
  return headers.authorization === undefined ? part(file, file.bytes, headers.range) : { status: 403, text: '' };
}

function findAttachment(site: Site, id: string | undefined): Attachment | undefined {
  return site.issues.flatMap(({ attachments }) => attachments).find(each => each.id === id);
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-14 */
function part({ mimeType, filename }: Attachment, bytes: Uint8Array, range: string | undefined): SandboxReply {
  const headers = {
    'content-type': mimeType,
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(filename)}`,
    'accept-ranges': 'bytes',
  };
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  if (from === undefined) return { headers, bytes };
  const end = Math.min(to ? Number(to) : Number.POSITIVE_INFINITY, bytes.length - 1);
  if (Number(from) > end) throw new JiraError(416, 'The range cannot be satisfied.');
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${from}-${end}/${bytes.length}` },
    bytes: bytes.subarray(Number(from), end + 1),
  };
}
