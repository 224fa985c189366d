// What a reader of JUnit counts: nothing that is not let go has no failure, and nothing unknown is passed.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const { parse } = createRequire(process.cwd() + '/')('test-results-parser');
for (const name of process.argv.slice(2)) {
  const read = parse({ type: 'junit', files: [name + '.xml'] });
  const report = JSON.parse(readFileSync(name + '.report', 'utf8'));
  const count = (...outcomes) => report.rules.filter(r => outcomes.includes(r.outcome) && !r.trial).length;
  const lets_go = report.decision === 'go' || report.decision === 'advance' || report.decision === 'promoted';
  const bakes = report.rules.filter(r => r.outcome === 'held' && r.verb === 'bake').length;
  const wanted = {
    total: report.rules.length + 1,
    failed: count('fail', 'fired', 'held', 'unknown') - bakes + (lets_go ? 0 : 1),
    skipped: count('pending', 'skipped') + bakes,
  };
  // Of the suite: the sum over suites has no skipped ones, as Jenkins' form knows no such attribute there.
  const [suite] = read.suites;
  const got = { total: suite.total + suite.skipped, failed: suite.failed + suite.errors, skipped: suite.skipped };
  for (const [key, value] of Object.entries(wanted))
    if (got[key] !== value) throw new Error(`${name}: ${key} is ${got[key]} and not ${value}: ${JSON.stringify(read, null, 1).slice(0, 1500)}`);
  console.log(`${name}: JUnit says ${got.total} cases, ${got.failed} failed, ${got.skipped} skipped`);
}
