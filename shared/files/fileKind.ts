/** What a foreign file is, as far as this service can read it. */
export type FileKind = 'pdf' | 'word' | 'image' | 'text' | 'other';

/** What is known of a file besides its contents; whoever attached it said so. */
export interface FileClaim {
  name: string;
  mimeType: string;
}

const wordType = 'application/vnd.openxmlformats-officedocument.wordprocessingml';

/** What a file says that it is. */
export function claimedKind({ name, mimeType }: FileClaim): FileKind {
  const ending = /\.([a-z0-9]{1,10})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  const type = mimeType.toLowerCase();
  if (ending === 'pdf' || type.startsWith('application/pdf')) return 'pdf';
  if (/^do[ct][xm]$/.test(ending) || type.startsWith(wordType)) return 'word';
  if (/^(?:png|jpe?g|gif|webp)$/.test(ending) || /^image\/(?:png|jpe?g|gif|webp)/.test(type)) return 'image';
  if (/^text\/|[/+](?:json|xml|yaml|javascript)\b/.test(type) || textEndings.has(ending)) return 'text';
  return 'other';
}

const textEndings = new Set(
  (
    'txt text log out err trace csv tsv har json jsonl ndjson xml yaml yml toml ini cfg conf properties md markdown rst ' +
    'html htm svg sql sh bash ps1 bat cmd py rb js mjs ts tsx jsx java kt cs c h cpp go rs php css diff patch eml ics vcf tex'
  ).split(' '),
);

/** `.` is any byte. */
const signatures: readonly { mimeType: string; begins: string }[] = [
  { mimeType: 'image/png', begins: '\x89PNG\r\n\x1a\n' },
  { mimeType: 'image/jpeg', begins: '\xff\xd8\xff' },
  { mimeType: 'image/gif', begins: 'GIF87a' },
  { mimeType: 'image/gif', begins: 'GIF89a' },
  { mimeType: 'image/webp', begins: 'RIFF....WEBP' },
];

/** The MIME type of an image that models can see, by its first bytes. */
export function imageType(bytes: Uint8Array): string | undefined {
  const head = latin1(bytes, 16);
  const isBegun = (begins: string) => [...begins].every((byte, at) => byte === '.' || byte === head[at]);
  return signatures.find(({ begins }) => isBegun(begins))?.mimeType;
}

/** What a file is by its first bytes; what it claims to be counts only where those leave it open. */
export function kindOf(bytes: Uint8Array, claim: FileClaim): FileKind {
  if (imageType(bytes)) return 'image';
  const claimed = claimedKind(claim);
  // Readers look for it in the first kilobyte, and a text may speak of it.
  const head = latin1(bytes, 1024);
  if (head.startsWith('%PDF-') || (claimed === 'pdf' && head.includes('%PDF-'))) return 'pdf';
  if (head.startsWith('PK\x03\x04')) return claimed === 'word' ? 'word' : 'other';
  if (/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/.test(head)) return 'text';
  // A log may hold a few stray bytes, and other files are no text where they do.
  return claimed === 'text' || !control.test(latin1(bytes, SEEN)) ? 'text' : 'other';
}

const SEEN = 16 * 1024;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells a text from other files.
const control = /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/;

function latin1(bytes: Uint8Array, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(length, bytes.length)).toString('latin1');
}
