import { unzipSync, zipSync } from 'fflate';
import { extractRawText } from 'mammoth';

/** What the texts of a document may inflate to, all together. */
const MAX_INFLATED = 16 * 1024 * 1024;
const MAX_ENTRIES = 2_000;

/**
 * The text of a Word document (.docx), paragraph by paragraph.
 * @throws RangeError for one that inflates to more than it may, or has too many entries; whatever the libraries throw for
 * a file that they cannot read
 */
export async function* wordText(bytes: Uint8Array): AsyncGenerator<string> {
  const { value } = await extractRawText({ buffer: Buffer.from(withoutCompression(bytes)) });
  yield value.replace(/\n{3,}/g, '\n\n');
}

/**
 * The same archive with its texts alone, inflated here: each into the bytes that its header tells, and not one more, so
 * that what is read of it later holds no surprise.
 */
function withoutCompression(archive: Uint8Array): Uint8Array {
  let entries = 0;
  let left = MAX_INFLATED;
  const files = unzipSync(archive, {
    filter({ name, originalSize }) {
      entries += 1;
      if (entries > MAX_ENTRIES) throw new RangeError('Too many entries');
      if (!/\.(?:xml|rels)$/i.test(name)) return false;
      left -= originalSize;
      if (left < 0) throw new RangeError('It inflates to more than a document may');
      return true;
    },
  });
  return zipSync(files, { level: 0 });
}
