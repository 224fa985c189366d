// Takes each annotation apart and has GitHub's own toolkit write it again: the same bytes.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
const core = await import(pathToFileURL(process.cwd() + '/node_modules/@actions/core/lib/core.js'));
const decode = s => s.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%');
const write = process.stdout.write.bind(process.stdout);
for (const name of process.argv.slice(2)) {
  const lines = readFileSync(name + '.github', 'utf8').split('\n');
  if (lines.pop() !== '') throw new Error('no newline at the end');
  for (const line of lines) {
    const [, command, list, text] = /^::(error|warning|notice) ([^:]*)::(.*)$/.exec(line) ?? (() => { throw new Error('no command: ' + line); })();
    const given = Object.fromEntries(list.split(',').map(p => [p.slice(0, p.indexOf('=')), decode(p.slice(p.indexOf('=') + 1))]));
    const properties = { title: given.title, file: given.file, startLine: given.line && +given.line, startColumn: given.col && +given.col };
    let again = '';
    process.stdout.write = chunk => { again += chunk; return true; };
    core[command](decode(text), properties);
    process.stdout.write = write;
    // The toolkit makes the end of a range its beginning where none is said.
    const plain = again.replace(/,endLine=\d+/, '').replace(/,endColumn=\d+/, '');
    if (plain !== line + '\n') throw new Error(`${name}:\n${line}\n${plain}`);
  }
  console.log(`${name}: ${lines.length} annotations are as @actions/core writes them`);
}
