// Bundles src/ and SortableJS into ../static. `--check` fails when the committed files differ from a fresh build.

import { build } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.join(here, '../static');

async function bundle(entry) {
  const result = await build({
    absWorkingDir: here, entryPoints: [entry], bundle: true, minify: true, format: 'esm', charset: 'utf8', legalComments: 'none',
    target: ['chrome105', 'safari16', 'firefox115'], write: false, metafile: true, define: { 'process.env.NODE_ENV': '"production"' },
  });
  return { code: result.outputFiles[0].text, packages: packagesIn(result.metafile) };
}

function packagesIn(metafile) {
  const used = Object.entries(Object.values(metafile.outputs)[0].inputs).filter(([, { bytesInOutput }]) => bytesInOutput).map(([file]) => file);
  const names = used.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter(Boolean);
  return [...new Set(names)].sort();
}

function licence(name) {
  const folder = path.join(here, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no licence file`);
  return `${name} ${version} (${license})\n\n${readFileSync(path.join(folder, file), 'utf8').trim()}\n`;
}

const editor = await bundle('src/index.js');
const sortable = await bundle('src/sortable.js');
const rule = `\n${'-'.repeat(78)}\n\n`;
const files = {
  'editor.js': editor.code,
  'editor.LICENSES.txt': editor.packages.map(licence).join(rule),
  'vendor/sortable.esm.js': `/*! ${licence('sortablejs').trim()}\n*/\n${sortable.code}`,
};

for (const [name, text] of Object.entries(files)) {
  if (/\beval\(|new Function\b/.test(text)) throw new Error(`${name} would need 'unsafe-eval'`);
  const file = path.join(target, name);
  if (process.argv.includes('--check')) {
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text) throw new Error(`${name} is stale: run npm run build`);
  } else {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`${name} ${text.length.toLocaleString('en')} characters`);
  }
}
