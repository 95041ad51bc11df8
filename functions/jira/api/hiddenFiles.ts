/** A file that is attached to an issue. */
interface AttachedFile {
  id: string;
  name: string;
  createdAt: Date | undefined;
  /** By which documents name it; Jira need not tell. */
  mediaId: string | undefined;
}

/** A comment, or what somebody wrote about their work. */
interface Text {
  /** In Atlassian Document Format. */
  document: unknown;
  /** True where it is for a role or a group alone. */
  isRestricted: boolean;
  createdAt: Date | undefined;
  editedAt: Date | undefined;
}

/** A file that a comment shows is attached before it is sent, or while it is edited. */
const BEFORE_MS = 60 * 60_000;
const AFTER_MS = 60_000;

/**
 * The files that restricted texts show, and no text or field that everybody reads. Jira lists them with all others. A text
 * names a file by an ID of the media service, which Jira does not tell of a file, and mostly by its name besides; where a
 * restricted text shows one that cannot be told, what was attached shortly before it is taken for it.
 */
export function hiddenFiles<File extends AttachedFile>(
  files: readonly File[],
  texts: readonly Text[],
  fields: readonly unknown[],
): ReadonlySet<File> {
  const restricted = texts.filter(({ isRestricted }) => isRestricted);
  if (files.length === 0 || restricted.length === 0) return new Set();
  const open = texts.filter(({ isRestricted }) => !isRestricted).map(({ document }) => document);
  const shownToAll = namesIn([...open, ...fields]);
  const hidden = new Set<File>();
  for (const { document, createdAt, editedAt } of restricted) {
    const media = mediaIn(document);
    const isUnknown = media.some(names => !files.some(file => isNamed(file, names)));
    const names = new Set(media.flatMap(each => [...each]));
    for (const file of files) {
      if (isNamed(file, shownToAll)) continue;
      if (isNamed(file, names) || (isUnknown && isBetween(file.createdAt, createdAt, editedAt))) hidden.add(file);
    }
  }
  return hidden;
}

/** The files that documents show. */
export function filesShownIn<File extends AttachedFile>(
  files: readonly File[],
  documents: readonly unknown[],
): ReadonlySet<File> {
  const names = namesIn(documents);
  return new Set(files.filter(file => isNamed(file, names)));
}

/** The files that who wrote a restricted text attached with it, which the text need not name, and that no document shows. */
export function filesAttachedWith<File extends AttachedFile & { authorId: string | undefined }>(
  files: readonly File[],
  texts: readonly (Text & { authorId: string | undefined })[],
  documents: readonly unknown[],
): ReadonlySet<File> {
  const restricted = texts.filter(({ isRestricted }) => isRestricted);
  const shown = filesShownIn(files, documents);
  const isWith = (file: File) =>
    restricted.some(
      ({ authorId, createdAt, editedAt }) =>
        authorId !== undefined && authorId === file.authorId && isBetween(file.createdAt, createdAt, editedAt),
    );
  return new Set(files.filter(file => !shown.has(file) && isWith(file)));
}

function isNamed({ id, name, mediaId }: AttachedFile, names: ReadonlySet<string>): boolean {
  return names.has(id) || names.has(name) || (mediaId !== undefined && names.has(mediaId));
}

function isBetween(at: Date | undefined, createdAt: Date | undefined, editedAt: Date | undefined): boolean {
  const last = editedAt ?? createdAt;
  if (!at || !createdAt || !last) return true;
  return at.getTime() >= createdAt.getTime() - BEFORE_MS && at.getTime() <= last.getTime() + AFTER_MS;
}

function namesIn(documents: readonly unknown[]): ReadonlySet<string> {
  return new Set(documents.flatMap(document => mediaIn(document).flatMap(names => [...names])));
}

/** An address of a file, in a link or a picture: `/secure/attachment/10001/a.png`, `/rest/api/3/attachment/content/10001`. */
const fileAddress = /\/(?:attachment|thumbnail)\/(?:content\/|thumbnail\/)?(\d{1,18})/g;

/** For each file that a document shows, all that it is called there. */
function mediaIn(document: unknown): ReadonlySet<string>[] {
  const found: Set<string>[] = [];
  // Of any depth, because documents are foreign.
  const left: unknown[] = [document];
  while (left.length > 0) {
    const part = left.pop();
    if (typeof part === 'string') {
      for (const [, id = ''] of part.matchAll(fileAddress)) found.push(new Set([id]));
    } else if (Array.isArray(part)) {
      for (const item of part) left.push(item);
    } else if (typeof part === 'object' && part !== null) {
      const media = mediaNames(part);
      if (media) found.push(media);
      for (const value of Object.values(part)) left.push(value);
    }
  }
  return found;
}

/** `media` and `mediaInline`: https://developer.atlassian.com/cloud/jira/platform/apis/document/nodes/media/ */
function mediaNames(node: object): Set<string> | undefined {
  if (!('type' in node && typeof node.type === 'string' && /^media(?:Inline)?$/.test(node.type))) return undefined;
  if (!('attrs' in node && typeof node.attrs === 'object' && node.attrs !== null)) return undefined;
  const { id, alt, __fileName: fileName, type } = { id: '', alt: '', __fileName: '', type: '', ...node.attrs };
  // What is elsewhere in the web is no attached file.
  if (type === 'external') return undefined;
  return new Set([id, alt, fileName].filter(name => typeof name === 'string' && name !== ''));
}
