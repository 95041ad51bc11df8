import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';

interface Definition {
  properties?: { type?: { enum?: string[] } };
}

interface AdfSchema {
  definitions: Record<string, Definition>;
}

const root = join(import.meta.dirname, '../..');
const path =
  process.env.ADF_SCHEMA ??
  globSync('../shared/*/adf-full.schema.json', { cwd: root }).map(found => join(root, found))[0];
const schema: AdfSchema | undefined = path ? JSON.parse(readFileSync(path, 'utf8')) : undefined;

/** Why what needs Atlassian's published schema is skipped, or undefined when the schema is there. */
export const withoutSchema = schema ? undefined : 'ADF_SCHEMA does not name a copy of the ADF schema';

/** What a document breaks in Atlassian's schema: an empty list when it is valid, or when there is no schema to ask. */
export const adfErrors: (document: unknown) => unknown[] = schema ? validator(schema) : () => [];

/** The types that the schema defines, of nodes or of marks. */
export function typesOf(what: 'node' | 'mark'): string[] {
  const definitions = Object.entries(schema?.definitions ?? {}).filter(([name]) => name.endsWith(`_${what}`));
  return [...new Set(definitions.flatMap(([, definition]) => definition.properties?.type?.enum ?? []))];
}

function validator({ definitions }: AdfSchema): (document: unknown) => unknown[] {
  // The schema is draft 4; what it uses of it means the same in the draft that ajv knows.
  const ajv = new Ajv({ strict: false });
  const validate = ajv.compile({ definitions, $ref: '#/definitions/doc_node' });
  return document => (validate(document) ? [] : (validate.errors ?? []));
}
