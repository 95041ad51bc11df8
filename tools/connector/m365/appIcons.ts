import { readFile } from 'node:fs/promises';

const root = new URL('../../../', import.meta.url);

/** The files in the package: https://learn.microsoft.com/microsoft-365/copilot/extensibility/agents-are-apps#app-icons */
export const appIcon = { color: 'color.png', outline: 'outline.png' } as const;

/**
 * A system's two icons, else those of the product: the connector's own in colour, and a white one on nothing.
 * @throws Error for a file that Microsoft 365 would refuse
 */
export async function appIcons(system: string): Promise<Record<keyof typeof appIcon, Buffer>> {
  const [color, outline] = await Promise.all([
    readIcon(system, 'icon.png', { size: 192, isTransparent: false }),
    readIcon(system, 'outline.png', { size: 32, isTransparent: true }),
  ]);
  return { color, outline };
}

async function readIcon(
  system: string,
  name: string,
  { size, isTransparent }: { size: number; isTransparent: boolean },
): Promise<Buffer> {
  const own = `functions/${system}/${name}`;
  const [path, content] = await readFile(new URL(own, root)).then(
    found => [own, found] as const,
    async () => [`infra/${name}`, await readFile(new URL(`infra/${name}`, root))] as const,
  );
  const png = readPng(content);
  if (!png) throw new Error(`${path} is not a PNG file. Replace it by one.`);
  if (png.width !== size || png.height !== size) {
    throw new Error(`${path} has ${png.width} x ${png.height} pixels; Microsoft 365 takes ${size} x ${size}.`);
  }
  if (isTransparent && !png.isTransparent) {
    throw new Error(`${path} has no transparent background. Microsoft 365 takes a white symbol on nothing.`);
  }
  return content;
}

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** What the first chunk says, and whether pixels may be transparent: https://www.w3.org/TR/png-3/#11IHDR */
function readPng(content: Buffer): { width: number; height: number; isTransparent: boolean } | undefined {
  if (!content.subarray(0, 8).equals(SIGNATURE) || content.length < 33) return undefined;
  if (content.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  const colorType = content.readUInt8(25);
  return {
    width: content.readUInt32BE(16),
    height: content.readUInt32BE(20),
    isTransparent: (colorType & 4) !== 0 || content.includes('tRNS', 33, 'latin1'),
  };
}
