import { createHash } from 'node:crypto';

/** The SHA-256 of an OpenAPI document, whatever its line ends and layout are. */
export function documentHash(document: string): string {
  return createHash('sha256')
    .update(JSON.stringify(JSON.parse(document)))
    .digest('hex');
}
