// Fails on whatever the SARIF Multitool found, but that the tool has no address on the web (SARIF2005): dpol has none.
import { readFileSync } from 'node:fs';
const text = readFileSync(process.argv[2], 'utf8').replace(/^\uFEFF/, '');
const results = JSON.parse(text).runs.flatMap(run => run.results ?? []).filter(r => r.ruleId !== 'SARIF2005');
for (const r of results) console.error(r.ruleId, r.level, r.message?.text ?? r.message?.id, JSON.stringify(r.locations?.[0]?.physicalLocation?.region ?? r.locations?.[0]?.logicalLocations ?? ''), JSON.stringify(r.message?.arguments ?? []));
process.exit(results.length === 0 ? 0 : 1);
