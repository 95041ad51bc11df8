import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { anchorsOf, documents, linksOf, root } from './documents.ts';

it.each(documents)('the links of %s lead to files and headings that are there', document => {
  const broken = linksOf(document)
    .filter(link => !URL.canParse(link))
    .filter(link => {
      const [path = '', anchor] = link.split('#');
      const file = path ? join(root, dirname(document), decodeURIComponent(path)) : join(root, document);
      if (!existsSync(file)) return true;
      return anchor !== undefined && !anchorsOf(relative(root, file)).has(anchor);
    });
  expect(broken).toEqual([]);
});
