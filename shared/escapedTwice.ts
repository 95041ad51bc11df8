/**
 * Undoes the second escaping of a text that a model or a flow has escaped twice, so that `\n` stands where its lines
 * end: it has not one real line break, and `\n` or `\r\n` between words. Then `\t`, `\"`, `\\` and `\u00e9` are undone
 * too. Any other text is returned as it is; so are code spans, texts in quotation marks, paths (`C:\new`, `\\host\new`,
 * `src\main\new.ts`) and accounts of a domain (`CORP\nina`), in which a backslash is one.
 */
export function withLineBreaks(text: string): string {
  if (!text.includes('\\') || /[\r\n]/.test(text.trim())) return text;
  let isEscapedTwice = false;
  const parts = text.split(codeSpan).map((part, index) => {
    if (index % 2 === 1) return part;
    return part
      .split(/(\s+)/)
      .map(word => {
        const read = readWord(word);
        isEscapedTwice ||= read.hasLineEnd;
        return read.text;
      })
      .join('');
  });
  return isEscapedTwice ? parts.join('') : text;
}

/** A span within a line. What stands between three backticks may be lines of code, whose ends are escaped as well. */
const codeSpan = /((?<!`)`(?!`)[^`]*`(?!`)|(?<!`)``(?!`)[^`]+``(?!`))/;

/** What surely ends a line, even behind a path: it is doubled, or Markdown's sign of a list, heading or quote follows. */
const lineEnd = /((?:\\r)?\\n(?=\\r\\n|\\n|[#>*-]|\d+[.)])|(?<=[\w)\]*"][.,;!?)])(?:\\r)?\\n|(?<=\w\w:)(?:\\r)?\\n)/;

function readWord(word: string): { text: string; hasLineEnd: boolean } {
  if (!word.includes('\\')) return { text: word, hasLineEnd: false };
  let hasLineEnd = false;
  const pieces = word.split(lineEnd).map(piece => {
    if (isPath(piece)) return isEscapedPath(piece) ? piece.replaceAll('\\\\', '\\') : piece;
    return piece.replace(jsonEscape, sign => {
      const meant = meaningOf(sign);
      if (meant === '\n') hasLineEnd = true;
      return meant;
    });
  });
  return { text: pieces.join(''), hasLineEnd };
}

/** An escape of JSON's. One in quotation marks is spoken of, `'\n'`, and one behind `$` is a formula's, `$\nu$`. */
const jsonEscape = /\\\\|(?<!["'$])(?:\\r\\n|\\[nr])(?!["'])|\\["/t]|\\u[0-9a-fA-F]{4}/g;

function meaningOf(sign: string): string {
  if (sign === '\\r\\n' || sign === '\\n' || sign === '\\r') return '\n';
  if (sign === '\\t') return '\t';
  if (sign.startsWith('\\u')) return String.fromCharCode(Number.parseInt(sign.slice(2), 16));
  return sign.slice(1);
}

const beginsPath = /^["'(<[]?(?:[A-Za-z]:|\.{1,2}|~|%\w+%|\$\w+|\\\\[\w.-]+)\\/;
const domainAccount = /^["'(<[]?[A-Z][A-Z0-9-]+\\[a-z]/;
const fileName = /^[\w$-]+\.[A-Za-z]\w{0,4}(?!\w)/;

function isPath(piece: string): boolean {
  if (!/\\[\w.$-]/.test(piece)) return false;
  const isFile = /^["'(<[]?\w/.test(piece) && fileName.test(piece.slice(piece.lastIndexOf('\\') + 1));
  if (isFile || beginsPath.test(piece) || domainAccount.test(piece)) return true;
  // A backslash before any other letter escapes nothing, so it parts the names of folders, or means a class: `\d+\n`.
  return /(?<!\\)(?:\\\\)*\\(?![nrtbf"/\\]|u[0-9a-fA-F]{4})\w/.test(piece);
}

/** True where every backslash of the path is doubled. */
const isEscapedPath = (path: string) => !path.startsWith('\\\\') && !path.replaceAll('\\\\', '').includes('\\');
