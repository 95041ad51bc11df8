import { createHash } from 'node:crypto';

/** The namespace of names that are URLs: https://www.rfc-editor.org/rfc/rfc9562#section-6.6 */
const URLS = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

/** The GUID that a URL always has, so that what is written again updates the app that is there: a UUID of version 5. */
export function appId(url: string): string {
  const bytes = createHash('sha1').update(URLS).update(url).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
