/** Writes openapi.json from the route table: `npm run openapi`. A test fails when the file and the routes differ. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openApiText } from '../src/http/openapi-text.ts';
import { projectRoot } from '../src/project-root.ts';

await writeFile(path.join(projectRoot(), 'openapi.json'), openApiText());
