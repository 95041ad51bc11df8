import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapedXml, parseXml, textOf, xmlText } from '../../shared/xml.ts';

describe('XML', () => {
  it('gives back every text as it was written, whatever is in it', () => {
    const pieces = [
      '<',
      '>',
      '&',
      '"',
      "'",
      ']]>',
      '<!--',
      '-->',
      '<![CDATA[',
      '</a>',
      '&amp;',
      '&#0;',
      '\r\n',
      'é',
      ' ',
    ];
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom(...pieces) }));
    fc.assert(
      fc.property(text, text, (one, other) => {
        const root = parseXml(
          xmlText([
            [
              'r',
              [
                ['a', one],
                ['b', other],
              ],
            ],
          ]),
        );
        const written = (given: string) => given.toWellFormed().replace(/(?![\t\n\r])[\p{Cc}\ufffe\uffff]/gu, ' ');
        expect(root?.children.map(({ name, text: read, children }) => [name, read, children])).toEqual([
          ['a', written(one), []],
          ['b', written(other), []],
        ]);
      }),
    );
  });

  it('has no character that a document may not have', () => {
    expect(escapedXml('a\u0000b\u001bc\ud800d\uffff')).toBe('a b c\ufffdd ');
  });

  it('refuses to write what is no name', () => {
    expect(() => xmlText([['a><b', 'x']])).toThrow('malformed name');
  });

  it('reads elements without their prefixes, and texts in any notation', () => {
    const root = parseXml(
      '<?xml version="1.0"?><s:r xmlns:s="urn:x"><s:a b="1"> &lt;1&#x26;<![CDATA[<2>]]> </s:a><n/></s:r>',
    );
    expect(root && [root.name, textOf(root, 'a'), textOf(root, 'n'), textOf(root, 'z')]).toEqual([
      'r',
      '<1&<2>',
      undefined,
      undefined,
    ]);
  });

  it.each([
    ['an element that is not closed', '<a><b></a>'],
    ['an end without a beginning', '<a></b></a>'],
    ['two roots', '<a/><b/>'],
    ['text beside the root', 'x<a/>'],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['nothing', ''],
    ['what is nested too deep', '<a>'.repeat(100) + '</a>'.repeat(100)],
    ['a document that ends early', '<a><b>text'],
  ])('reads nothing of %s', (_, text) => {
    expect(parseXml(text)).toBeUndefined();
  });
});
