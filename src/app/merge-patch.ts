/**
 * JSON merge patch (RFC 7396): null removes a member, objects merge, everything else replaces. Returns a new value; every
 * member of the patch counts, whatever its name, so that the schema behind it can refuse it.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map<string, unknown>(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch))
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  // fromEntries defines members: `__proto__` becomes one like any other and changes no prototype.
  return Object.fromEntries(merged);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
