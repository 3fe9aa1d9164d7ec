/** What must hold after everything: nothing acknowledged is lost or doubled, and every process ranks alike. */
import { isDeepStrictEqual } from 'node:util';
import { textsOf } from '../src/app/embedding.ts';
import { ownerKey, textDigest } from '../src/app/facet-vectors.ts';
import type { Collection, Stored } from '../src/app/ports.ts';
import type { Engine } from '../src/compose.ts';
import type { Book } from './torture-writers.ts';

const comparedSubjects = 20;

/** Every violation as a sentence. `engine` has just been opened: its catalog is read from the store. */
export async function violations(engine: Engine, urls: readonly string[], book: Book): Promise<string[]> {
  const { store, queue, catalog, matching } = engine;
  const found: string[] = [...book.faults];
  const members = store.collection('members');

  const stored = new Map<string, Stored<{ name: string }>>();
  const importedOf = new Map<string, number>();
  for await (const { id, ...rest } of everyOf(members)) {
    if (!id.startsWith('i-')) stored.set(id, { id, ...rest });
    else importedOf.set(rest.doc.name, (importedOf.get(rest.doc.name) ?? 0) + 1);
  }
  for (const [id, names] of book.possible)
    if (!names.includes(stored.get(id)?.doc.name))
      found.push(`${id} is ${stored.get(id)?.doc.name}, where ${names.join(' or ')} was acknowledged`);
  for (const [id] of stored)
    if (id.startsWith('w-') && !book.possible.has(id)) found.push(`${id} is there and was never sent`);
  for (const [prefix, lines] of book.imports)
    if (importedOf.get(prefix) !== lines)
      found.push(`import ${prefix}: ${importedOf.get(prefix) ?? 0} of ${lines} lines`);

  const counts = await queue.counts();
  if (counts.dead > 0) found.push(`${counts.dead} jobs are dead`);
  if (counts.waiting + counts.active > 0) found.push(`${counts.waiting + counts.active} jobs never ended`);
  for (const state of ['dead', 'active', 'waiting'] as const)
    for (const { id, storedAt, doc } of (await queue.list({ state, limit: 5 })).items)
      found.push(
        `${id} (${doc.kind} ${doc.key}) is ${state} since ${storedAt}, try ${doc.attempts}: ${doc.error ?? '-'}`,
      );

  const vectors = new Map<string, string[]>();
  for await (const { id, doc } of everyOf(store.collection('vectors')))
    vectors.set(id, Object.keys(doc.vectors).sort());
  for await (const { id, doc } of everyOf(members)) {
    const wanted = textsOf('member', doc).map(textDigest).sort();
    const has = vectors.get(ownerKey('member', id)) ?? [];
    if (!isDeepStrictEqual(has, wanted)) found.push(`${id} has ${has.length} of ${wanted.length} vectors`);
    vectors.delete(ownerKey('member', id));
  }
  for (const owner of vectors.keys()) if (owner.startsWith('member:')) found.push(`${owner} left vectors behind`);

  await catalog.refresh();
  const subjects = [...stored.values()].filter(({ id }) => catalog.member(id)?.doc.kind === 'startup');
  const step = Math.max(1, Math.floor(subjects.length / comparedSubjects));
  for (let i = 0; i < subjects.length; i += step) {
    const { id } = subjects[i]!;
    const common = { subjectType: 'member', subjectId: id, lang: 'nb', limit: 50, full: false } as const;
    const fresh = JSON.stringify((await matching.list({ ...common, kind: 'partners' })).items);
    for (const url of urls) {
      const answer = await fetch(`${url}/api/v1/members/${id}/matches/partners?limit=50&lang=nb`);
      const text = await answer.text();
      if (answer.status !== 200) found.push(`${url} answers ${answer.status} for the partners of ${id}: ${text}`);
      else if (JSON.stringify((JSON.parse(text) as { items: unknown }).items) !== fresh)
        found.push(`${url} ranks the partners of ${id} in another way than a fresh process`);
    }
  }
  return found;
}

async function* everyOf<T>(collection: Collection<T>): AsyncGenerator<Stored<T>> {
  let after: string | undefined;
  do {
    const page = await collection.find({ limit: 200, ...(after === undefined ? {} : { after }) });
    yield* page.items;
    after = page.nextCursor;
  } while (after !== undefined);
}
