import { page } from '../action/page.ts';
import type { FileContents } from './fileContents.ts';

/** What `limit` means of an action that reads a file. */
export const partLimit = 'The most to return of a text, in thousands of characters, up to 100.';

/** A part of a file as an action answers with it: its text or image, what is told of the file, and where it goes on. */
export function filePage<Told extends object>({ pieces, nextCursor, image, note }: FileContents, told: Told) {
  return page({
    items: pieces ?? [],
    nextCursor,
    ...(pieces && { cursorAfter: (count: number) => pieces[count - 1]?.cursor ?? '' }),
    image,
    answer: shown => ({ ...told, text: pieces && shown.map(piece => piece.text).join(''), note }),
  });
}
