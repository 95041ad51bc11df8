/** What a foreign file is, as far as this service can read it. */
export type FileKind = 'pdf' | 'word' | 'image' | 'text' | 'other';

/** What is known of a file besides its contents; whoever attached it said so. */
export interface FileClaim {
  name: string;
  mimeType: string | undefined;
}

const wordType = 'application/vnd.openxmlformats-officedocument.wordprocessingml';

/** What a file says that it is. */
export function claimedKind({ name, mimeType = '' }: FileClaim): FileKind {
  const ending = /\.([a-z0-9]{1,10})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  if (ending === 'pdf' || mimeType.startsWith('application/pdf')) return 'pdf';
  if (/^do[ct][xm]$/.test(ending) || mimeType.startsWith(wordType)) return 'word';
  if (/^(?:png|jpe?g|gif|webp)$/.test(ending) || /^image\/(?:png|jpe?g|gif|webp)/.test(mimeType)) return 'image';
  if (/^text\/|[/+](?:json|xml|yaml|javascript)\b/.test(mimeType) || textEndings.has(ending)) return 'text';
  return 'other';
}

const textEndings = new Set(
  (
    'txt log out err csv tsv har json jsonl ndjson xml yaml yml toml ini cfg conf properties env md markdown rst html htm svg ' +
    'sql sh bash ps1 bat cmd py rb js mjs ts tsx jsx java kt cs c h cpp go rs php css diff patch eml ics vcf tex'
  ).split(' '),
);

const signatures: readonly { mimeType: string; bytes: RegExp }[] = [
  { mimeType: 'image/png', bytes: /^\x89PNG\r\n\x1a\n/ },
  { mimeType: 'image/jpeg', bytes: /^\xff\xd8\xff/ },
  { mimeType: 'image/gif', bytes: /^GIF8[79]a/ },
  { mimeType: 'image/webp', bytes: /^RIFF[^]{4}WEBP/ },
];

/** The MIME type of an image that models can see, by its first bytes. */
export function imageType(bytes: Uint8Array): string | undefined {
  const head = latin1(bytes, 16);
  return signatures.find(signature => signature.bytes.test(head))?.mimeType;
}

/** What a file is by its first bytes; what it claims to be counts only where those leave it open. */
export function kindOf(bytes: Uint8Array, claim: FileClaim): FileKind {
  if (imageType(bytes)) return 'image';
  if (latin1(bytes, 1024).includes('%PDF-')) return 'pdf';
  const claimed = claimedKind(claim);
  if (latin1(bytes, 4) === 'PK\x03\x04') return claimed === 'word' ? 'word' : 'other';
  if (hasByteOrderMark(bytes)) return 'text';
  // A log may hold a few stray bytes, and other files are no text where they do.
  return claimed === 'text' || !control.test(latin1(bytes, SEEN)) ? 'text' : 'other';
}

const SEEN = 16 * 1024;
const control = /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/;

function hasByteOrderMark(bytes: Uint8Array): boolean {
  return /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/.test(latin1(bytes, 3));
}

function latin1(bytes: Uint8Array, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(length, bytes.length)).toString('latin1');
}
