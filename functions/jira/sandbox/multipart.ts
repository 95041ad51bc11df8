import type { SandboxRequest } from '../../../shared/sandbox/sandboxServer.ts';

/** A file that came in a form. */
export interface UploadedFile {
  filename: string;
  mimeType: string;
  bytes: Uint8Array;
}

/** The files of a form by the name `file`, as Jira takes them; none of any other request. */
export async function readFiles({ headers, bytes }: SandboxRequest): Promise<UploadedFile[]> {
  const contentType = headers['content-type'] ?? '';
  if (!bytes || !contentType.startsWith('multipart/form-data')) return [];
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  const parts = form.getAll('file').filter(part => typeof part !== 'string');
  return Promise.all(
    parts.map(async part => ({
      filename: part.name,
      mimeType: part.type || 'application/octet-stream',
      bytes: new Uint8Array(await part.arrayBuffer()),
    })),
  );
}
