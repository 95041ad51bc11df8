import { crc32, deflateSync } from 'node:zlib';

const SIZE = 192;

interface Point {
  x: number;
  y: number;
}

/**
 * The connector's icon, a PNG of 192 by 192 pixels: a speech bubble that holds two things joined by a line. It is drawn
 * from distances, so every edge is smooth, and stored uncompressed, so that every machine writes the same bytes.
 */
export function icon(brandColor: string): Buffer {
  const pixels = Buffer.alloc(SIZE * (SIZE + 1));
  for (let y = 0; y < SIZE; y += 1) {
    // The first byte of a row says that it is not filtered.
    for (let x = 0; x < SIZE; x += 1)
      pixels[y * (SIZE + 1) + 1 + x] = Math.round(255 * whiteness({ x: x + 0.5, y: y + 0.5 }));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIZE, 0);
  header.writeUInt32BE(SIZE, 4);
  header.set([8, 3], 8); // 8 bits a pixel, each an index into the palette
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', palette(brandColor)),
    chunk('IDAT', deflateSync(pixels, { level: 0 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const from = { x: 68, y: 100 };
const to = { x: 124, y: 72 };

/** How white a point of the icon is, from 0 for the brand colour to 1. */
function whiteness(point: Point): number {
  const bubble = Math.min(
    roundedBox(point, { x: 96, y: 86 }, { x: 68, y: 52 }, 26),
    triangle(point, { x: 58, y: 130 }, { x: 104, y: 130 }, { x: 58, y: 168 }),
  );
  const mark = Math.min(line(point, from, to, 6), circle(point, from, 19), circle(point, to, 19));
  return coverage(bubble) * (1 - coverage(mark));
}

/** How much of a pixel is inside a shape whose edge is that far away; inside, distances are negative. */
function coverage(distance: number): number {
  return Math.min(1, Math.max(0, 0.5 - distance));
}

function circle(point: Point, centre: Point, radius: number): number {
  return length(point.x - centre.x, point.y - centre.y) - radius;
}

function line(point: Point, start: Point, end: Point, radius: number): number {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const along = ((point.x - start.x) * dx + (point.y - start.y) * dy) / (dx * dx + dy * dy);
  const nearest = Math.min(1, Math.max(0, along));
  return circle(point, { x: start.x + nearest * dx, y: start.y + nearest * dy }, radius);
}

function roundedBox(point: Point, centre: Point, half: Point, radius: number): number {
  const x = Math.abs(point.x - centre.x) - half.x + radius;
  const y = Math.abs(point.y - centre.y) - half.y + radius;
  return length(Math.max(x, 0), Math.max(y, 0)) + Math.min(Math.max(x, y), 0) - radius;
}

/** The corners go clockwise. */
function triangle(point: Point, ...corners: [Point, Point, Point]): number {
  return Math.max(
    ...corners.map((start, index) => {
      const end = corners[(index + 1) % corners.length] ?? start;
      const [dx, dy] = [end.x - start.x, end.y - start.y];
      return ((point.x - start.x) * dy - (point.y - start.y) * dx) / length(dx, dy);
    }),
  );
}

function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

/** 256 shades from the brand colour to white. */
function palette(brandColor: string): Buffer {
  const brand = Buffer.from(brandColor.slice(1), 'hex');
  return Buffer.from(
    Array.from({ length: 256 }, (_, shade) =>
      [...brand].map(part => Math.round(part + ((255 - part) * shade) / 255)),
    ).flat(),
  );
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [size, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, checksum]);
}
