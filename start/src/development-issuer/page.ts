import type { ReadyToken } from './ready-token.ts';

const style = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { max-width: 60rem; margin: 3rem auto; padding: 0 1.5rem; }
  h1 { font-size: 1.5rem; margin-bottom: .25rem; }
  p { margin-top: 0; opacity: .75; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: .5rem .75rem; border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); }
  th { font-weight: 600; }
  code { font-size: .85em; opacity: .7; }
  button { font: inherit; padding: .15rem .7rem; border-radius: .4rem; border: 1px solid currentColor; background: none; cursor: pointer; }
`;

const script = `
  document.addEventListener('click', async ({ target }) => {
    if (!target.dataset.token) return;
    await navigator.clipboard.writeText(target.dataset.token);
    target.textContent = 'copied';
    setTimeout(() => { target.textContent = 'copy'; }, 1500);
  });
`;

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}

function row({ role, who, merchant = '', token }: ReadyToken): string {
  const cells = [role, who, merchant].map((text) => `<td>${escapeHtml(text)}</td>`).join('');
  const safe = escapeHtml(token);
  return `<tr>${cells}<td><code>${safe.slice(0, 12)}…</code></td><td><button data-token="${safe}">copy</button></td></tr>`;
}

/** The page of the development issuer: a ready token for every role. */
export function tokensPage(tokens: ReadyToken[], graphiqlAddress: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Local-Plus: development tokens</title>
<style>${style}</style>
<h1>Development tokens</h1>
<p>Send one as <code>Authorization: Bearer …</code>, or open <a href="${escapeHtml(graphiqlAddress)}">GraphiQL</a>. They are valid for this installation only.</p>
<table><tr><th>role<th>who<th>merchant<th>token<th></tr>
${tokens.map(row).join('\n')}
</table>
<script>${script}</script>
</html>
`;
}
