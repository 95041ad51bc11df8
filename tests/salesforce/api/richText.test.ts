import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { htmlToMarkdown } from '../../../functions/salesforce/api/richText.ts';

test.each([
  ['plain text', 'plain text'],
  ['Tom &amp; Ana &lt;3 &#39;x&#39; &eacute; &nbsp;&nbsp;y', "Tom & Ana <3 'x' é y"],
  ['<p>One</p><p>Two</p>', 'One\n\nTwo'],
  ['One<br>Two<br/><br/>Three', 'One\nTwo\n\nThree'],
  ['<p>A <b>bold </b>and <i>slanted</i> word</p>', 'A **bold** and _slanted_ word'],
  ['<b></b>x<strong><em>both</em></strong>', 'x**_both_**'],
  ['<ul><li>one</li><li>two<ul><li>inner</li></ul></li></ul><p>after</p>', '- one\n- two\n  - inner\n\nafter'],
  ['<ol><li><p>one</p></li><li>two</li></ol>', '1. one\n2. two'],
  ['<h2>Head</h2>text', '## Head\n\ntext'],
  ['<a href="https://x.example/a b?c=1&amp;d=2" target="_blank">here</a>', '[here](https://x.example/a%20b?c=1&d=2)'],
  ['<a href="https://x.example">https://x.example</a>', 'https://x.example'],
  ['<a href="javascript:alert(1)">here</a>', 'here'],
  ['<img src="/img/flag.gif" alt="Red" height="16"/>', 'Red'],
  ['<img src="https://x.example/servlet/rtaImage?eid=1"></img>', ''],
  ['<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></tbody></table>', 'a | b\nc | d'],
  ['<style>p { color: red }</style><script>alert(1)</script>text', 'text'],
  ['<pre>a\n  b</pre>', 'a\n  b'],
  ['  spaced \n\n out  ', 'spaced out'],
  ['1 < 2 and 3 > 2 & so on', '1 < 2 and 3 > 2 & so on'],
  ['<p>open <b>never closed', 'open **never closed**'],
  ['', ''],
])('%j is %j', (html, text) => {
  expect(htmlToMarkdown(html)).toBe(text);
});

test('whatever the HTML, no tag and no entity is left, and text is not lost', () => {
  const word = fc.stringMatching(/^[a-z]{1,6}$/);
  const piece = fc.oneof(
    word,
    fc.constantFrom(
      ' ',
      '&nbsp;',
      '<br>',
      '<p>',
      '</p>',
      '<b>',
      '</b>',
      '<i>',
      '</i>',
      '<ul>',
      '<li>',
      '</li>',
      '</ul>',
    ),
    fc.constantFrom(
      '<td>',
      '</tr>',
      '<h1>',
      '</h1>',
      '<div style="x">',
      '</div>',
      '<a href="https://x.example">',
      '</a>',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
      const text = htmlToMarkdown(pieces.join(''));
      expect(text).not.toMatch(/<\/?[a-z]|&[a-z]+;/);
      const letters = pieces.filter(each => /^[a-z]/.test(each)).join('');
      expect(text.replaceAll('https://x.example', '').replace(/[^a-z]/g, '')).toBe(letters);
    }),
  );
});
