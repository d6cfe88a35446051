// Makes ../assets/charts.js.gz and ../assets/charts.txt, which says what it was made from: `cargo xtask charts`.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const here = new URL('.', import.meta.url);
const read = path => readFileSync(new URL(path, here));
const digest = bytes => createHash('sm3').update(bytes).digest('hex');
const version = name => JSON.parse(read(`node_modules/${name}/package.json`));

// The parts and their licences, which go along with every copy.
const parts = ['echarts', 'zrender', 'tslib'];
const notices = { echarts: 'NOTICE', zrender: 'LICENSE', tslib: 'LICENSE.txt' };
const told = parts.map(name => `${name} ${version(name).version} ${version(name).license}`);
const texts = parts.map((name, at) => `${told[at]}\n\n${read(`node_modules/${name}/${notices[name]}`)}`);

const made = await build({
  absWorkingDir: here.pathname,
  entryPoints: ['src/charts.js'],
  bundle: true,
  minify: true,
  write: false,
  format: 'iife',
  target: 'es2020',
  charset: 'utf8',
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: { js: `/*!\n${texts.join('\n').replaceAll('*/', '* /')}\n*/` },
});
const script = Buffer.from(made.outputFiles[0].contents);
const packed = gzipSync(script, { level: 9 });
// The system that packed it is no part of it.
packed[9] = 255;
writeFileSync(new URL('../assets/charts.js.gz', here), packed);
writeFileSync(new URL('../assets/charts.txt', here), [
  ...told,
  `package-lock.json ${digest(read('package-lock.json'))}`,
  `src/charts.js ${digest(read('src/charts.js'))}`,
  `build.mjs ${digest(read('build.mjs'))}`,
  `charts.js.gz ${digest(packed)}`,
  '',
].join('\n'));
console.log(`${script.length} bytes, ${packed.length} packed`);
