import { PNG } from 'pngjs';
import { expect, it } from 'vitest';
import { icon } from '../../../tools/generate/icon.ts';

const image = PNG.sync.read(icon('#3a2f8f'));

const colorAt = (x: number, y: number) =>
  image.data.subarray((y * image.width + x) * 4, (y * image.width + x) * 4 + 3).toString('hex');

it('the icon is square, of a size that connectors take', () => {
  expect(image.width).toBe(image.height);
  expect(image.width).toBeGreaterThanOrEqual(100);
  expect(image.width).toBeLessThanOrEqual(230);
});

it('the icon has the brand colour behind a white mark', () => {
  for (const corner of [0, image.width - 1]) expect(colorAt(corner, corner)).toBe('3a2f8f');
  expect(colorAt(96, 120)).toBe('ffffff');
  expect(colorAt(96, 86)).toBe('3a2f8f');
});

it('the icon has smooth edges', () => {
  const shades = new Set(Array.from({ length: image.width }, (_, x) => colorAt(x, 60)));
  expect(shades.size).toBeGreaterThan(3);
});
