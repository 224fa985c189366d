import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const require = createRequire(process.cwd() + '/');
const [schemaFile, file] = process.argv.slice(2);
const schema = JSON.parse(readFileSync(schemaFile, 'utf8'));
const kind = (schema.$schema ?? '').includes('2020-12') ? 'ajv/dist/2020.js' : (schema.$schema ?? '').includes('draft-04') ? 'ajv-draft-04' : 'ajv';
const Ajv = require(kind).default ?? require(kind);
const ajv = new Ajv({ strict: false, allErrors: true });
(require('ajv-formats').default ?? require('ajv-formats'))(ajv);
const validate = ajv.compile(schema);
if (!validate(JSON.parse(readFileSync(file, 'utf8')))) {
  console.error(file, validate.errors.slice(0, 5));
  process.exit(1);
}
