import { getDocumentProxy } from 'unpdf';

interface TextContent {
  /** Those without a text tell where marked content begins and ends. */
  items: { str?: string; hasEOL?: boolean }[];
}

/**
 * The text of a PDF from a page on, each page in pieces, with a blank line and `undefined` at its end.
 * @throws whatever PDF.js throws for a file that it cannot read; `PasswordException` for one that is locked
 */
export async function* pdfText(bytes: Uint8Array, firstPage: number): AsyncGenerator<string | undefined> {
  const pdf = await getDocumentProxy(bytes, {
    useSystemFonts: false,
    disableFontFace: true,
    enableXfa: false,
    isOffscreenCanvasSupported: false,
    stopAtErrors: true,
    verbosity: 0,
  });
  for (let number = firstPage; number <= pdf.numPages; number += 1) {
    const page = await pdf.getPage(number);
    const reader: ReadableStreamDefaultReader<TextContent> = page.streamTextContent().getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      for (const { str = '', hasEOL = false } of chunk.value.items) yield hasEOL ? `${str}\n` : str;
    }
    page.cleanup();
    if (number < pdf.numPages) yield '\n\n';
    yield undefined;
  }
}
