import type { FieldValue, Org, Row } from './org.ts';
import type { ObjectDefinition } from './schema.ts';

/** What Salesforce calls the kinds of files, by the ending of their names. */
const fileTypes: Readonly<Record<string, string>> = {
  txt: 'TEXT',
  csv: 'CSV',
  pdf: 'PDF',
  docx: 'WORD_X',
  xlsx: 'EXCEL_X',
  png: 'PNG',
  jpg: 'JPG',
  snote: 'SNOTE',
};

/**
 * Inserts what is more than one record: a version of a file has a document, and is linked to the record where it was
 * published first; a note is a file. Undefined for all else.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contentversion.htm
 */
export function insertContent(
  org: Org,
  object: ObjectDefinition,
  values: Record<string, FieldValue>,
  userId: string,
): Row | undefined {
  const versions = org.schema.find('ContentVersion');
  if (object.name === 'ContentVersion') {
    const row = org.insert(object, values, userId);
    publish(org, row, userId);
    return row;
  }
  if (object.name === 'ContentNote' && versions) {
    const { Title = null, Content = null } = values;
    const row = org.insert(versions, { Title, PathOnClient: `${Title}.snote`, VersionData: Content }, userId);
    publish(org, row, userId);
    // The ID of a note is that of its document.
    return org.find(row.ContentDocumentId)?.row;
  }
  if (object.name === 'Attachment') {
    return org.insert(object, { ...values, BodyLength: sizeOf(values.Body) }, userId);
  }
  return undefined;
}

/** Completes the files of the data, which are versions alone. */
export function publishAll(org: Org): void {
  const rowsOf = (name: string) => {
    const object = org.schema.find(name);
    return object ? org.rows(object) : [];
  };
  for (const row of rowsOf('ContentVersion')) {
    if (!row.ContentDocumentId) publish(org, row, String(row.OwnerId));
  }
  for (const row of rowsOf('Attachment')) row.BodyLength = sizeOf(row.Body);
}

function publish(org: Org, version: Row, userId: string): void {
  const [documents, links] = ['ContentDocument', 'ContentDocumentLink'].map(name => org.schema.find(name));
  if (!documents || !links) return;
  const [, ending = ''] = /\.(\w{1,10})$/.exec(String(version.PathOnClient)) ?? [];
  const extension = ending.toLowerCase();
  const { CreatedDate = null, LastModifiedDate = null, CreatedById = null } = version;
  const times = { CreatedDate, LastModifiedDate, SystemModstamp: LastModifiedDate };
  const shared = {
    Title: version.Title ?? String(version.PathOnClient).replace(/\.\w{1,10}$/, ''),
    FileType: fileTypes[extension] ?? 'UNKNOWN',
    FileExtension: extension || null,
    ContentSize: sizeOf(version.VersionData),
  };
  Object.assign(version, shared, { CreatedById: version.OwnerId ?? CreatedById });
  const document = org.insert(
    documents,
    {
      ...shared,
      ...times,
      LatestPublishedVersionId: version.Id,
      OwnerId: version.OwnerId ?? userId,
      CreatedById: version.CreatedById ?? userId,
    },
    userId,
  );
  version.ContentDocumentId = document.Id;
  if (!version.FirstPublishLocationId) return;
  org.insert(
    links,
    { ContentDocumentId: document.Id, LinkedEntityId: version.FirstPublishLocationId, ShareType: 'V', ...times },
    userId,
  );
}

const sizeOf = (base64: FieldValue | undefined): number => Buffer.from(String(base64 ?? ''), 'base64').length;
