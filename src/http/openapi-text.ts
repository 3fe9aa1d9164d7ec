/** The API's description without anything running behind it: handlers are never called. */
import { createReadiness } from '../app/readiness.ts';
import type { Engine } from '../compose.ts';
import { createLog } from '../log.ts';
import { createService } from './service.ts';

export function openApiText(): string {
  const engine = { records: { members: {}, needs: {} } } as unknown as Engine;
  const { openApi } = createService({
    engine,
    readiness: createReadiness(),
    examples: [],
    spoolDir: '',
    closing: new AbortController().signal,
    log: createLog('silent'),
  });
  return `${JSON.stringify(openApi(), null, 2)}\n`;
}
