import { destination, oneLineOf } from './escape.ts';
import { arrayOf, type Fields, fieldsOf, stringOf } from './nodes.ts';

/** Formatting that Markdown can show: by a delimiter, or by HTML tags where adjacent characters would break the delimiter. */
export interface Mark {
  key: string;
  delimiter?: string;
  open: string;
  close: string;
}

const wrappers = new Map<string, Mark>(
  Object.entries({
    strong: { key: 'strong', delimiter: '**', open: '<strong>', close: '</strong>' },
    em: { key: 'em', delimiter: '_', open: '<em>', close: '</em>' },
    strike: { key: 'strike', delimiter: '~~', open: '<del>', close: '</del>' },
    underline: { key: 'underline', open: '<u>', close: '</u>' },
    sub: { key: 'sub', open: '<sub>', close: '</sub>' },
    sup: { key: 'sup', open: '<sup>', close: '</sup>' },
  }),
);

export function marksOf(node: Fields): { marks: Mark[]; isCode: boolean } {
  const marks: Mark[] = [];
  let isCode = false;
  for (const value of arrayOf(node.marks)) {
    const { type, attrs } = fieldsOf(value);
    const mark =
      type === 'link'
        ? linkMark(fieldsOf(attrs))
        : wrappers.get(stringOf(type === 'subsup' ? fieldsOf(attrs).type : type));
    if (type === 'code') isCode = node.type === 'text' && stringOf(node.text).trim() !== '';
    else if (mark && !marks.some(other => other.key === mark.key || (other.open === '[' && mark.open === '['))) {
      // A text is part of one link at the most, so it has few marks, however many are given.
      marks.push(mark);
    }
  }
  return { marks, isCode };
}

function linkMark(attrs: Fields): Mark {
  const href = stringOf(attrs.href);
  const title = oneLineOf(stringOf(attrs.title)).replace(/[\\"]/g, '\\$&');
  return { key: `link:${href}`, open: '[', close: `](${destination(href)}${title && ` "${title}"`})` };
}

export function sameMarks(some: readonly Mark[], others: readonly Mark[]): boolean {
  return some.length === others.length && some.every(mark => others.some(other => other.key === mark.key));
}
