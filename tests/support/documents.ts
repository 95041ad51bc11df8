import { deflateSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';

/** A stream of a PDF: what it holds as it is written, and the filters that it is to be read by. */
export interface PdfStream {
  bytes: Uint8Array;
  /** `/FlateDecode`, or a list of filters in brackets. */
  filter: string;
  /** More of its dictionary. */
  more?: string;
}

/** What a page of a PDF draws, packed as such streams are. */
export function deflated(content: string | Uint8Array): PdfStream {
  return { bytes: deflateSync(content), filter: '/FlateDecode' };
}

/** The drawing of lines of text, one under another. */
export function textPage(lines: readonly string[]): PdfStream {
  const drawn = lines.map(line => `(${line.replace(/[()\\]/g, '\\$&')}) Tj 0 -16 Td`);
  return deflated(`BT /F1 12 Tf 72 720 Td ${drawn.join(' ')} ET`);
}

interface PdfParts {
  /** The dictionary of the list of pages. */
  pages?: string;
}

/** A PDF with these pages. */
export function pdf(streams: readonly PdfStream[], parts: PdfParts = {}): Uint8Array {
  const kids = streams.map((_, index) => `${4 + 2 * index} 0 R`).join(' ');
  const objects: Uint8Array[] = [
    Buffer.from('<</Type/Catalog/Pages 2 0 R>>'),
    Buffer.from(parts.pages ?? `<</Type/Pages/Kids[${kids}]/Count ${streams.length}>>`),
    Buffer.from('<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>'),
    ...streams.flatMap(({ bytes, filter, more = '' }, index) => [
      Buffer.from(
        `<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>/Contents ${5 + 2 * index} 0 R>>`,
      ),
      Buffer.concat([
        Buffer.from(`<</Length ${bytes.length}/Filter${filter}${more}>>stream\n`),
        bytes,
        Buffer.from('\nendstream'),
      ]),
    ]),
  ];
  const written: Uint8Array[] = [Buffer.from('%PDF-1.4\n')];
  let length = 9;
  const offsets = objects.map((object, index) => {
    const at = length;
    const whole = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    written.push(whole);
    length += whole.length;
    return at;
  });
  const entries = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  written.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${entries}trailer<</Size ${size}/Root 1 0 R>>\nstartxref\n${length}\n%%EOF\n`,
    ),
  );
  return new Uint8Array(Buffer.concat(written));
}

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const office = 'http://schemas.openxmlformats.org';

/** A Word document whose body is this XML, with other files in its archive. */
export function docx(body: string, others: Record<string, Uint8Array> = {}): Uint8Array {
  return zipSync({
    '[Content_Types].xml': strToU8(
      `${head}<Types xmlns="${office}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    ),
    '_rels/.rels': strToU8(
      `${head}<Relationships xmlns="${office}/package/2006/relationships"><Relationship Id="r1" Type="${office}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
    ),
    'word/document.xml': strToU8(
      `${head}<w:document xmlns:w="${office}/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
    ),
    ...others,
  });
}

/** A paragraph of a Word document. */
export function paragraph(text: string): string {
  return `<w:p><w:r><w:t xml:space="preserve">${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</w:t></w:r></w:p>`;
}
