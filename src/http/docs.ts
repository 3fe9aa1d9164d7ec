/** The documentation page: Swagger UI from the project's own files, nothing fetched from elsewhere. */
import express, { type RequestHandler } from 'express';
import { createRequire } from 'node:module';
import path from 'node:path';

const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Kobling API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css"></head>
<body><div id="docs"></div><script src="/docs/assets/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>`;
const start = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', validatorUrl: null, deepLinking: true });`;

export function docsStatics(): (readonly [string, RequestHandler])[] {
  const assets = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const router = express.Router();
  router.get('/', (_request, response) => {
    response
      .set('Content-Security-Policy', "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:")
      .type('html')
      .send(page);
  });
  router.get('/start.js', (_request, response) => {
    response.type('js').send(start);
  });
  return [
    ['/docs/assets', express.static(assets, { index: false })],
    ['/docs', router],
  ];
}
