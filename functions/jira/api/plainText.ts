const tag =
  /<\/?(?:p|br|div|span|b|strong|i|em|u|s|ul|ol|li|a|h[1-6]|table|tbody|thead|tr|td|th|code|pre|blockquote|img|hr|font|tt)(?:\s[^<>]{0,2000})?\/?>/gi;
const entity = /&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9a-f]{1,6});/gi;
const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/**
 * A text that an app has written as HTML, or escaped for it, as plain text; any other as it is. A text that speaks of
 * HTML has an ampersand that is none, or a tag that no other closes.
 */
export function plainOf(text: string): string {
  if (!/[<&]/.test(text)) return text;
  const isHtml = /<\/(?:p|div|span|b|strong|i|em|u|ul|ol|li|a|h[1-6]|table|code|pre)>|<br\s?\/?>/i.test(text);
  if (isHtml) {
    const lines = text
      .replace(/<li(?:\s[^<>]{0,200})?>/gi, '- ')
      .replace(/<br\s?\/?>|<\/(?:p|div|li|tr|h[1-6])>/gi, '\n');
    const shown = decoded(lines.replace(tag, ''))
      .split('\n')
      .map(line => line.trim());
    return shown.filter(Boolean).join('\n');
  }
  const others = text.replace(entity, '');
  return others.includes('&') ? text : decoded(text);
}

function decoded(text: string): string {
  return text.replace(entity, found => {
    const name = found.slice(1, -1).toLowerCase();
    const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    if (!name.startsWith('#')) return named[name] ?? found;
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : found;
  });
}
