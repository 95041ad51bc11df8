import type { Call } from '../../../shared/call.ts';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { type FileContents, fileContents, textContents } from '../../../shared/files/fileContents.ts';
import { quoted } from '../../../shared/text.ts';
import type { ByteRange } from '../../../shared/upstream/filePart.ts';
import { unlessMade } from '../../../shared/upstream/unlessMade.ts';
import { isClosedHere, isHidden } from './answerFailure.ts';
import { findingActions } from './findingActions.ts';
import { nameFieldOf } from './objectNames.ts';
import { objectOf } from './readRecord.ts';
import { isoTime, valueAt } from './recordValues.ts';
import type { Salesforce } from './salesforce.ts';
import { names, type Soql, soql } from './soql.ts';
import { withVisibleFields } from './visibleFields.ts';
import type { SalesforceRecord } from './wire.ts';

type FileKind = 'file' | 'note' | 'attachment' | 'classic note';

/** A file or a note of a record. */
export interface RecordFile {
  id: string;
  kind: FileKind;
  /** With its ending, where it is a file. */
  name: string;
  /** As Salesforce has it: PDF, EXCEL_X, or of an attachment its MIME type. */
  type: string | undefined;
  /** In bytes. */
  size: number | undefined;
  /** ISO 8601, by the asking user's clock. */
  createdAt: string | undefined;
  by: string | undefined;
  changedAt: string | undefined;
  url: string;
}

/** The record that files belong to. */
interface Owner {
  objectType: string;
  recordId: string;
  name: string | undefined;
}

interface ListedFiles {
  record: Owner;
  /** The latest first. */
  files: RecordFile[];
  /** True where there are more than are looked at. */
  isCut: boolean;
  notShown: string[];
}

interface Added {
  record: Owner;
  fileId: string | undefined;
  name: string;
  url: string | undefined;
  /** What the user should know, in sentences. */
  notes: string[];
}

export interface NewFile {
  name: string;
  bytes: Uint8Array;
}

export interface Files {
  /** @throws Failure `not_found` for a record that may not be seen */
  list(recordId: string): Promise<ListedFiles>;
  /**
   * A part of what a file or a note of a record holds: `limit` thousand bytes of a text, or as many characters of a document.
   * @throws Failure `not_found` for one that is not the record's; `invalid_input` for a document that cannot be read
   */
  read(
    recordId: string,
    fileId: string,
    part: { limit: number; cursor: string | undefined },
  ): Promise<{ record: Owner; file: RecordFile } & FileContents>;
  /** @throws Failure `not_found` for a record that may not be seen */
  add(recordId: string, file: NewFile): Promise<Added>;
  /** @throws Failure like `add` */
  addNote(recordId: string, note: { title: string; markdown: string }): Promise<Added>;
}

interface FileParts {
  salesforce: Salesforce;
  call: Call;
  readFile(path: string, range: ByteRange): Promise<Uint8Array>;
  /** For a look at what was written, which ends soon. */
  soon(): Salesforce;
}

/** The most of each kind that is looked at. */
const MAX_LISTED = 200;
/** The longest note that is read, in bytes of HTML. */
const MAX_NOTE = 200_000;
/** What Salesforce calls a note that is kept as a file. */
const NOTE_TYPE = 'SNOTE';

/**
 * What is asked of each object that holds files. Of files only the latest version is told.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contentdocumentlink.htm
 */
const asked = {
  ContentDocumentLink: [
    'Id',
    'ContentDocumentId',
    'ContentDocument.Title',
    'ContentDocument.FileExtension',
    'ContentDocument.FileType',
    'ContentDocument.ContentSize',
    'ContentDocument.LatestPublishedVersionId',
    'ContentDocument.CreatedDate',
    'ContentDocument.CreatedBy.Name',
    'ContentDocument.LastModifiedDate',
  ],
  Attachment: ['Id', 'Name', 'ContentType', 'BodyLength', 'CreatedDate', 'CreatedBy.Name', 'LastModifiedDate'],
  Note: ['Id', 'Title', 'CreatedDate', 'CreatedBy.Name', 'LastModifiedDate'],
};

type Holder = keyof typeof asked;

/** What an answer calls that which may not be seen. */
const plural: Record<Holder, string> = {
  ContentDocumentLink: 'files',
  Attachment: 'attachments',
  Note: 'classic notes',
};

const holders: readonly { prefix: string; objectType: Holder }[] = [
  { prefix: '069', objectType: 'ContentDocumentLink' },
  { prefix: '00P', objectType: 'Attachment' },
  { prefix: '002', objectType: 'Note' },
];

export function openFiles({ salesforce, call, readFile, soon }: FileParts): Files {
  const ownerStatement = async (recordId: string) => {
    const objectType = await objectOf(salesforce, recordId);
    const known = nameFieldOf(objectType);
    const nameField =
      known ?? (await salesforce.describe(objectType)).fields.find(({ nameField }) => nameField)?.name ?? 'Id';
    const columns = nameField === 'Id' ? names('Id') : names('Id', nameField);
    const toOwner = (answer: SalesforceRecord[] | Failure | undefined): Owner => {
      if (answer instanceof Failure) throw answer;
      const [record] = answer ?? [];
      if (!record) throw noSuchRecord(objectType, recordId);
      const name = record[nameField];
      return {
        objectType,
        recordId: typeof record.Id === 'string' ? record.Id : recordId,
        name: typeof name === 'string' ? name : undefined,
      };
    };
    return { statement: soql`SELECT ${columns} FROM ${names(objectType)} WHERE Id = ${recordId}`, toOwner };
  };

  /** The record and those of its files that a condition names. */
  const linked = async (recordId: string, condition: Soql) => {
    const { statement, toOwner } = await ownerStatement(recordId);
    const [owner, links] = await salesforce.queryTogether([
      statement,
      soql`SELECT Id, ContentDocumentId FROM ContentDocumentLink WHERE LinkedEntityId = ${recordId} AND ${condition} LIMIT ${MAX_LISTED}`,
    ]);
    const record = toOwner(owner);
    // Where it cannot be told what was there, nothing can be told for new.
    const known = links instanceof Failure ? undefined : new Set(links?.map(({ Id }) => String(Id)));
    return { record, known };
  };

  /** A file of the record that was not there before a write. */
  const findNew = async (recordId: string, condition: Soql, known: ReadonlySet<string> | undefined) => {
    if (!known) return undefined;
    const links = await soon().query(
      soql`SELECT Id, ContentDocumentId FROM ContentDocumentLink WHERE LinkedEntityId = ${recordId} AND ${condition} ORDER BY SystemModstamp DESC LIMIT ${MAX_LISTED}`,
    );
    const id = links.find(({ Id }) => !known.has(String(Id)))?.ContentDocumentId;
    return typeof id === 'string' ? id : undefined;
  };

  const urlOf = (fileId: string) => {
    const holder = holders.find(({ prefix }) => fileId.startsWith(prefix))?.objectType;
    return salesforce.recordUrl(holder === 'ContentDocumentLink' ? 'ContentDocument' : (holder ?? 'File'), fileId);
  };

  const toFile = (objectType: Holder, record: SalesforceRecord): RecordFile[] => {
    const at = objectType === 'ContentDocumentLink' ? 'ContentDocument.' : '';
    const text = (path: string) => {
      const value = valueAt(record, path);
      return typeof value === 'string' && value !== '' ? value : undefined;
    };
    const id = text(objectType === 'ContentDocumentLink' ? 'ContentDocumentId' : 'Id');
    if (id === undefined) return [];
    const size = valueAt(record, objectType === 'Attachment' ? 'BodyLength' : `${at}ContentSize`);
    const type = text(objectType === 'Attachment' ? 'ContentType' : `${at}FileType`);
    const [createdAt, changedAt] = [`${at}CreatedDate`, `${at}LastModifiedDate`].map(path => {
      const value = text(path);
      return value && isoTime(value);
    });
    return [
      {
        id,
        kind: kindOf(objectType, type),
        name: nameOf(text(objectType === 'Attachment' ? 'Name' : `${at}Title`) ?? id, text(`${at}FileExtension`), type),
        type: type === NOTE_TYPE ? undefined : type,
        size: typeof size === 'number' ? size : undefined,
        createdAt,
        by: text(`${at}CreatedBy.Name`),
        changedAt: changedAt === createdAt ? undefined : changedAt,
        url: urlOf(id),
      },
    ];
  };

  const readNote = async (path: string, part: { limit: number; cursor: string | undefined }): Promise<FileContents> => {
    const bytes = await readFile(path, { from: 0, length: MAX_NOTE + 1 });
    const { htmlToMarkdown } = await import('./richText.ts');
    const contents = textContents(htmlToMarkdown(new TextDecoder().decode(bytes.subarray(0, MAX_NOTE))), part);
    if (bytes.length <= MAX_NOTE) return contents;
    return { ...contents, note: 'The note is longer than is read here. Give the user its url for the rest.' };
  };

  return {
    async list(recordId) {
      const { statement, toOwner } = await ownerStatement(recordId);
      const [owner, ...lists] = await withVisibleFields(salesforce, asked, select =>
        salesforce.queryTogether([
          statement,
          soql`SELECT ${select('ContentDocumentLink')} FROM ContentDocumentLink WHERE LinkedEntityId = ${recordId} ORDER BY SystemModstamp DESC LIMIT ${MAX_LISTED}`,
          soql`SELECT ${select('Attachment')} FROM Attachment WHERE ParentId = ${recordId} ORDER BY CreatedDate DESC LIMIT ${MAX_LISTED}`,
          soql`SELECT ${select('Note')} FROM Note WHERE ParentId = ${recordId} ORDER BY CreatedDate DESC LIMIT ${MAX_LISTED}`,
        ]),
      );
      const record = toOwner(owner);
      const failures = lists.filter(answer => answer instanceof Failure);
      const [first] = failures;
      if (first && failures.length === lists.length) throw first;
      const notShown: string[] = [];
      const files = holders.flatMap(({ objectType }, at) => {
        const answer = lists[at];
        if (!(answer instanceof Failure)) return (answer ?? []).flatMap(each => toFile(objectType, each));
        if (!isHidden(answer)) throw answer;
        if (!isClosedHere(answer)) notShown.push(plural[objectType]);
        return [];
      });
      const latest = ({ createdAt, changedAt }: RecordFile) => changedAt ?? createdAt ?? '';
      return {
        record,
        files: files.sort((one, other) => latest(other).localeCompare(latest(one)) || other.id.localeCompare(one.id)),
        isCut: lists.some(answer => !(answer instanceof Failure) && answer.length >= MAX_LISTED),
        notShown,
      };
    },

    async read(recordId, fileId, part) {
      const holder = holders.find(({ prefix }) => fileId.startsWith(prefix))?.objectType;
      if (!holder) {
        const message = 'It must be the fileId of a file or a note, from listRecordFiles.';
        throw invalidInput([{ field: 'fileId', message }]);
      }
      const { statement, toOwner } = await ownerStatement(recordId);
      const fields = { [holder]: [...asked[holder], ...(holder === 'Note' ? ['Body'] : [])] };
      const condition =
        holder === 'ContentDocumentLink'
          ? soql`LinkedEntityId = ${recordId} AND ContentDocumentId = ${fileId}`
          : soql`ParentId = ${recordId} AND Id = ${fileId}`;
      const [owner, found] = await withVisibleFields(salesforce, fields, select =>
        salesforce.queryTogether([statement, soql`SELECT ${select(holder)} FROM ${names(holder)} WHERE ${condition}`]),
      );
      const record = toOwner(owner);
      if (found instanceof Failure) throw found;
      const [row] = found ?? [];
      const [file] = row ? toFile(holder, row) : [];
      if (!row || !file) throw noSuchFile(record, fileId);
      const told = { record, file };
      if (holder === 'Note') {
        const { Body: body } = row;
        return { ...told, ...textContents(typeof body === 'string' ? body : '', part) };
      }
      const path = contentsPath(holder, row);
      if (file.kind === 'note') return { ...told, ...(await readNote(path, part)) };
      const bytes = (from: number, length: number) => readFile(path, { from, length });
      const { name, size, url, type = '' } = file;
      const mimeType = type.includes('/') ? type : '';
      const reading = { call, ...part, input: 'fileId', noun: 'file' };
      return { ...told, ...(await fileContents({ name, mimeType, size, url, bytes }, reading)) };
    },

    async add(recordId, { name, bytes }) {
      const title = titleOf(name);
      const alike = soql`ContentDocument.Title = ${title} AND ContentDocument.ContentSize = ${bytes.length}`;
      const { record, known } = await linked(recordId, alike);
      const { made, notes } = await unlessMade(
        'Salesforce',
        async () => {
          const versionId = await salesforce.create('ContentVersion', {
            Title: title,
            PathOnClient: name,
            VersionData: Buffer.from(bytes).toString('base64'),
            FirstPublishLocationId: record.recordId,
          });
          const statement = soql`SELECT ContentDocumentId FROM ContentVersion WHERE Id = ${versionId}`;
          const fileId = await salesforce.readBack(statement, ({ ContentDocumentId: id }) => id);
          return { fileId: typeof fileId === 'string' ? fileId : undefined };
        },
        async () => {
          const fileId = await findNew(recordId, alike, known);
          return fileId === undefined ? undefined : { fileId };
        },
      );
      const { fileId } = made;
      const shared = fileId === undefined ? undefined : await visibilityOf(salesforce, recordId, fileId);
      return {
        record,
        fileId,
        name,
        url: fileId === undefined ? undefined : urlOf(fileId),
        notes: [
          ...notes,
          ...(fileId === undefined ? ['It was added, but could not be read afterwards. Use listRecordFiles.'] : []),
          ...(shared === 'AllUsers' ? [forAll] : []),
        ],
      };
    },

    async addNote(recordId, { title, markdown }) {
      const alike = soql`ContentDocument.Title = ${title} AND ContentDocument.FileType = ${NOTE_TYPE}`;
      const [{ record, known }, { markdownToHtml }] = await Promise.all([
        linked(recordId, alike),
        import('./markdownToHtml.ts'),
      ]);
      const { made: fileId, notes } = await unlessMade(
        'Salesforce',
        async () => {
          const [noteId = ''] = await salesforce.writeTogether([
            {
              reference: 'note',
              objectType: 'ContentNote',
              values: { Title: title, Content: Buffer.from(markdownToHtml(markdown)).toString('base64') },
            },
            {
              reference: 'link',
              objectType: 'ContentDocumentLink',
              values: {
                ContentDocumentId: '@{note.id}',
                LinkedEntityId: record.recordId,
                ShareType: 'V',
                Visibility: 'InternalUsers',
              },
            },
          ]);
          return noteId;
        },
        () => findNew(recordId, alike, known),
      );
      return { record, fileId, name: title, url: urlOf(fileId), notes };
    },
  };
}

const forAll = 'Customers and partners who can see the record in a portal can see the file, too.';

/** Who sees a file that is linked to a record, as Salesforce made it; undefined where it cannot be told. */
function visibilityOf(salesforce: Salesforce, recordId: string, fileId: string): Promise<unknown> {
  const statement = soql`SELECT Id, Visibility FROM ContentDocumentLink WHERE LinkedEntityId = ${recordId} AND ContentDocumentId = ${fileId}`;
  return salesforce.readBack(statement, ({ Visibility }) => Visibility);
}

/** Where the bytes of a file are: the latest version of a document, or the attachment itself. */
function contentsPath(holder: 'ContentDocumentLink' | 'Attachment', row: SalesforceRecord): string {
  const id = valueAt(row, holder === 'Attachment' ? 'Id' : 'ContentDocument.LatestPublishedVersionId');
  if (typeof id !== 'string' || !/^\w{15,18}$/.test(id)) {
    throw new Failure('forbidden', 'The contents of this file may not be read by this service. Give the user its url.');
  }
  return holder === 'Attachment' ? `/sobjects/Attachment/${id}/Body` : `/sobjects/ContentVersion/${id}/VersionData`;
}

function kindOf(objectType: Holder, type: string | undefined): FileKind {
  if (objectType === 'Attachment') return 'attachment';
  if (objectType === 'Note') return 'classic note';
  return type === NOTE_TYPE ? 'note' : 'file';
}

/** The title of a file has its ending seldom, and a note has none. */
function nameOf(title: string, extension: string | undefined, type: string | undefined): string {
  if (extension === undefined || type === NOTE_TYPE) return title;
  return title.toLowerCase().endsWith(`.${extension.toLowerCase()}`) ? title : `${title}.${extension}`;
}

/** `Order.final.pdf` is called `Order.final`, as where people upload it. */
function titleOf(fileName: string): string {
  const at = fileName.lastIndexOf('.');
  return at > 0 ? fileName.slice(0, at) : fileName;
}

function noSuchRecord(objectType: string, recordId: string): Failure {
  return new Failure(
    'not_found',
    `There is no ${objectType} ${recordId} that this service may see. It does not exist, was deleted, or is not shared with the Salesforce user of this service. Find it by name, with ${findingActions([objectType])}.`,
  );
}

function noSuchFile({ objectType, recordId }: Owner, fileId: string): Failure {
  return new Failure(
    'not_found',
    `The ${objectType} ${recordId} has no file or note ${quoted(fileId)} that may be shown. Take the fileId from listRecordFiles.`,
  );
}
