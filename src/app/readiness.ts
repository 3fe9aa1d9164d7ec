/** Whether the service can do its work, part by part. */
export type PartName = 'store' | 'queue' | 'seed' | 'model';
export type PartState = 'starting' | 'ready' | 'away';

export interface Readiness {
  set(part: PartName, state: PartState): void;
  parts(): Readonly<Record<PartName, PartState>>;
  isReady(): boolean;
}

export function createReadiness(): Readiness {
  const parts: Record<PartName, PartState> = {
    store: 'starting',
    queue: 'starting',
    seed: 'starting',
    model: 'starting',
  };
  return {
    set: (part, state) => {
      parts[part] = state;
    },
    parts: () => ({ ...parts }),
    // Without the queue everything can still be read, and what is written is caught up with later.
    isReady: () => Object.entries(parts).every(([name, state]) => state === 'ready' || name === 'queue'),
  };
}
