/** The page a newcomer sees first: what the service holds, what it can do, three live examples. */
import { escapeHtml as escape } from '../domain/html.ts';
import { Problem } from '../domain/problem.ts';
import type { Catalog } from '../app/catalog.ts';
import type { Matching, MatchList } from '../app/matching.ts';
import type { Example } from '../app/seed.ts';

const style = `
  :root { color-scheme: light dark; }
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { margin-bottom: 0; } .lead { margin-top: .25rem; }
  article { border: 1px solid #8886; border-radius: .5rem; padding: .5rem 1rem; margin: 1rem 0; }
  blockquote { margin: .25rem 0 .25rem 1rem; border-left: .2rem solid #8886; padding-left: .75rem; }
  code { overflow-wrap: anywhere; } dt { font-weight: 600; } dd { margin: 0 0 .5rem 1.5rem; }
  :focus-visible { outline: 3px solid #0062ba; outline-offset: 2px; }`;

export async function startPage(
  matching: Matching,
  state: ReturnType<Catalog['state']>,
  examples: readonly Example[],
): Promise<string> {
  const shown = await Promise.all(examples.map((example) => exampleHtml(matching, example)));
  const progress =
    state.embeddedFacets < state.facets
      ? `<p role="status">Reading texts: ${state.embeddedFacets} of ${state.facets} pieces are understood so far. Matches improve until it is done.</p>`
      : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kobling</title><style>${style}</style></head><body><main>
<h1>Kobling</h1>
<p class="lead">Matches between startups, investors, municipalities, hospitals and researchers. Everything stays on this machine.</p>
<p>${state.members} members and ${state.needs} needs are here.</p>
${progress}
<h2>Three matches to look at</h2>
${shown.join('\n') || '<p>The seed cluster has been removed. Import members and needs to see matches here.</p>'}
<h2>What it can do</h2>
<dl>
<dt><a href="/docs/">The API, to read and try</a></dt><dd>Members, needs, matches and imports over HTTP. The description itself: <a href="/openapi.json"><code>/openapi.json</code></a></dd>
<dt><a href="/api/v1/members">Members</a> and <a href="/api/v1/needs">needs</a></dt><dd>Listed by page, filtered by kind, cluster, county, sector or text.</dd>
<dt>Matches both ways</dt><dd>Investors for a startup, startups for an investor, partners, customers, suppliers for a need: each with quotations from both sides.</dd>
<dt>Why, or why not</dt><dd>Add a candidate's id to the address of a match list.</dd>
<dt>Bundles and <a href="/api/v1/needs/joint">joint needs</a></dt><dd>Suppliers that cover a need together (<code>/api/v1/needs/ID/bundles</code>); needs that several public bodies could buy together.</dd>
<dt><a href="/api/v1/introductions">Introductions</a></dt><dd>Suggest, approve, ask both sides by mail, and note what came of it.</dd>
<dt><a href="/api/v1/events">Event programmes</a></dt><dd>Meetings of a whole event planned in one go, locked, published and re-planned; agendas, calendars, table plans.</dd>
<dt>Import</dt><dd><code>npm run import -- --dir DIR</code>, or <code>POST /api/v1/imports</code>.</dd>
<dt><a href="/health/ready">Health</a>, <a href="/metrics">metrics</a>, <a href="/api/v1/jobs">jobs</a></dt><dd>How the service is doing.</dd>
</dl>
</main></body></html>`;
}

async function exampleHtml(matching: Matching, example: Example): Promise<string> {
  const list = await matching
    .list({
      subjectType: example.subjectType,
      subjectId: example.subjectId,
      kind: example.kind,
      limit: 1,
      lang: 'en',
      full: false,
    })
    .catch((error: unknown) => {
      // An example whose subject somebody removed is simply not shown.
      if (error instanceof Problem) return undefined;
      throw error;
    });
  if (list === undefined) return '';
  const subject = `/api/v1/${example.subjectType}s/${example.subjectId}`;
  const together =
    example.kind === 'suppliers'
      ? `<p><a href="${escape(`${subject}/bundles`)}">Suppliers that cover it together</a></p>`
      : '';
  const href = `${subject}/matches/${example.kind}`;
  return `<article><h3><a href="${escape(href)}">${escape(example.title)}</a></h3>${bestHtml(list)}${together}</article>`;
}

function bestHtml(list: MatchList): string {
  const best = list.items[0];
  if (best === undefined) return `<p>${escape(list.subject.name)}: no good match now.</p>`;
  const quotation = best.reasons.find((reason) => reason.type === 'quotation');
  const quotes =
    quotation === undefined
      ? ''
      : `<blockquote>${escape(quotation.subject.quote)}</blockquote><blockquote>${escape(quotation.candidate.quote)}</blockquote>`;
  return `<p>${escape(list.subject.name)} and ${escape(best.candidate.name)}, score ${best.score.toFixed(2)}</p>${quotes}`;
}
