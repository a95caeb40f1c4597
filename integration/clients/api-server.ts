import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

// Stands in for the API server of a cluster, for Multus: `node api-server.ts DIRECTORY`. An object in a namespace is
// the file DIRECTORY/NAMESPACE/RESOURCE/NAME.json, which GET reads. The body of a PUT, which Multus sends in
// Kubernetes' binary form, is kept as NAME.put beside it. The first line on stdout is the port on 127.0.0.1. The
// program ends when its standard input does.

const [, , directory = ''] = process.argv;

const server = createServer((request, response) => {
  answer(request).then(
    ({ code, body }) => {
      response.writeHead(code, { 'content-type': 'application/json' }).end(body);
    },
    (error: unknown) => {
      response.writeHead(500).end(String(error));
    },
  );
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});

process.stdin.resume().on('end', () => process.exit(0));

interface Answer {
  readonly code: number;
  readonly body: string;
}

async function answer(request: IncomingMessage): Promise<Answer> {
  const { pathname } = new URL(request.url ?? '', 'http://api');
  const [, namespace, resource, name] = /\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)(?:\/status)?$/.exec(pathname) ?? [];
  if (namespace === undefined || resource === undefined || name === undefined) return notFound(pathname);
  const file = join(directory, namespace, resource, `${name}.json`);
  if (!existsSync(file)) return notFound(pathname);
  if (request.method === 'PUT') writeFileSync(file.replace(/json$/, 'put'), await bodyOf(request));
  return { code: 200, body: readFileSync(file, 'utf8') };
}

function notFound(path: string): Answer {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404, message: path };
  return { code: 404, body: JSON.stringify(status) };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
