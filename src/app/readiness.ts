/** Whether the service can do its work, part by part. */
export type PartName = 'store' | 'seed' | 'model';
export type PartState = 'starting' | 'ready' | 'away';

export interface Readiness {
  set(part: PartName, state: PartState): void;
  parts(): Readonly<Record<PartName, PartState>>;
  isReady(): boolean;
}

export function createReadiness(): Readiness {
  const parts: Record<PartName, PartState> = { store: 'starting', seed: 'starting', model: 'starting' };
  return {
    set: (part, state) => {
      parts[part] = state;
    },
    parts: () => ({ ...parts }),
    isReady: () => Object.values(parts).every((state) => state === 'ready'),
  };
}
