import { oneLineOf } from './escape.ts';

export type Fields = Readonly<Record<string, unknown>>;

const noFields: Fields = {};

/** The text of a node itself, without that of its children. */
export function ownText(node: Fields): string {
  const attrs = fieldsOf(node.attrs);
  switch (node.type) {
    case 'text':
      return stringOf(node.text);
    case 'hardBreak':
      return '\n';
    case 'mention': {
      const name = oneLineOf(stringOf(attrs.text)) || stringOf(attrs.id);
      return name.startsWith('@') ? name : `@${name}`;
    }
    case 'emoji':
      return stringOf(attrs.text) || stringOf(attrs.shortName);
    case 'date':
      return isoDay(attrs.timestamp);
    case 'status':
      return `[${stringOf(attrs.text)}]`;
    case 'media':
    case 'mediaInline': {
      const name = [attrs.alt, attrs.fileName, attrs.name, attrs.url, attrs.id].map(stringOf).find(Boolean);
      return `[attachment: ${name ?? 'unnamed'}]`;
    }
    case 'inlineCard':
    case 'blockCard':
    case 'embedCard':
      return [stringOf(attrs.url), ...stringsIn(attrs.data), ...stringsIn(attrs.datasource)].filter(Boolean).join(' ');
    case 'extension':
    case 'inlineExtension':
    case 'bodiedExtension': {
      const label = `[extension: ${stringOf(attrs.extensionKey) || stringOf(attrs.extensionType)}]`;
      return [label, stringOf(attrs.text), ...stringsIn(attrs.parameters)].filter(Boolean).join(' ');
    }
    case 'syncBlock':
      return `[synced block: ${stringOf(attrs.resourceId)}]`;
    case 'panel':
      return stringOf(attrs.panelIconText);
    default:
      return [node.text, attrs.text, attrs.title, attrs.label, attrs.name, attrs.alt, attrs.url, attrs.shortName]
        .map(stringOf)
        .filter(Boolean)
        .join(' ');
  }
}

/** The text of a tree, in reading order, to about `longest` characters and nodes. Not recursive, so any depth is fine. */
export function plainText(root: Fields, longest: number, separator = ' '): string {
  const texts: string[] = [];
  const stack: unknown[] = [root];
  let left = longest;
  while (stack.length > 0 && left > 0) {
    const node = fieldsOf(stack.pop());
    const text = ownText(node);
    if (text !== '') texts.push(text.slice(0, left));
    left -= 1 + text.length;
    const content = arrayOf(node.content);
    for (let index = Math.min(content.length, left) - 1; index >= 0; index--) stack.push(content[index]);
  }
  return texts.join(separator);
}

/** Of the parameters of a macro no more is looked at. */
const MAX_STRINGS = 1_000;

/** The strings in a value of any shape, except a macro's metadata, which describes the macro. */
function stringsIn(root: unknown): string[] {
  const texts: string[] = [];
  const stack: unknown[] = [root];
  for (let looked = 0; stack.length > 0 && looked < MAX_STRINGS; looked += 1) {
    const value = stack.pop();
    if (typeof value === 'string') {
      if (value !== '') texts.push(value);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value).reverse()) if (key !== 'macroMetadata') stack.push(child);
    }
  }
  return texts;
}

function isoDay(timestamp: unknown): string {
  const date = new Date(Number(timestamp));
  return Number.isNaN(date.getTime()) ? stringOf(timestamp) : date.toISOString().slice(0, 10);
}

export function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : noFields;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
