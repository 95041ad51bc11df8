import { Tokenizer } from 'htmlparser2';

/** An element that is written: its name, and its text or the elements in it. */
export type NewElement = readonly [name: string, content: string | readonly NewElement[]];

/** An element that was read. Names are without their prefix. */
export interface XmlElement {
  name: string;
  /** Its own text. */
  text: string;
  children: XmlElement[];
}

const elementName = /^[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?$/;

/** Elements as text. What their texts have in them cannot end them or begin others. @throws TypeError for a malformed name */
export function xmlText(elements: readonly NewElement[]): string {
  return elements
    .map(([name, content]) => {
      if (!elementName.test(name)) throw new TypeError('XML: a malformed name');
      return `<${name}>${typeof content === 'string' ? escapedXml(content) : xmlText(content)}</${name}>`;
    })
    .join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser makes a line feed of it.
  '\r': '&#13;',
};

/** A text that stands in XML. Control characters, which most documents may not have, become spaces, but for tabs and line ends. https://www.w3.org/TR/xml/#charsets */
export function escapedXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/(?![\t\n\r])[\p{Cc}\ufffe\uffff]/gu, ' ')
    .replace(/[&<>"'\r]/g, char => entities[char] ?? char);
}

const MAX_DEPTH = 64;

/** The root of a document; undefined for what is not well-formed, has a document type, or is nested too deep. */
export function parseXml(text: string): XmlElement | undefined {
  const root: XmlElement = { name: '', text: '', children: [] };
  const open: { element: XmlElement; name: string }[] = [{ element: root, name: '' }];
  let isWellFormed = true;
  const wrong = () => {
    isWellFormed = false;
  };
  const write = (part: string) => {
    const last = open.at(-1);
    if (last) last.element.text += part;
  };
  const close = (name: string) => {
    if (open.length < 2 || open.pop()?.name !== name) wrong();
  };
  const nothing = () => {};
  const tokenizer = new Tokenizer(
    { xmlMode: true, decodeEntities: true },
    {
      onopentagname(start, end) {
        const name = text.slice(start, end);
        const element: XmlElement = { name: name.slice(name.indexOf(':') + 1), text: '', children: [] };
        if (open.length > MAX_DEPTH) wrong();
        if (!isWellFormed) return;
        open.at(-1)?.element.children.push(element);
        open.push({ element, name });
      },
      onselfclosingtag: () => close(open.at(-1)?.name ?? ''),
      onclosetag: (start, end) => close(text.slice(start, end)),
      ontext: (start, end) => write(text.slice(start, end)),
      ontextentity: code => write(String.fromCodePoint(code)),
      oncdata: (start, end, offset) => write(text.slice(start, end - offset)),
      // A document type may have entities of its own, which could make a short document a long one.
      ondeclaration: wrong,
      onopentagend: nothing,
      onattribname: nothing,
      onattribdata: nothing,
      onattribentity: nothing,
      onattribend: nothing,
      oncomment: nothing,
      onprocessinginstruction: nothing,
      onend: nothing,
    },
  );
  tokenizer.write(text);
  tokenizer.end();
  const [only, ...others] = root.children;
  return isWellFormed && open.length === 1 && others.length === 0 && root.text.trim() === '' ? only : undefined;
}

/** The elements in an element that are called so. */
export function childrenCalled({ children }: XmlElement, name: string): XmlElement[] {
  return children.filter(child => child.name === name);
}

/** The text of the first element in an element that is called so; undefined where there is none, or it is empty. */
export function textOf(element: XmlElement, name: string): string | undefined {
  return childrenCalled(element, name)[0]?.text.trim() || undefined;
}
