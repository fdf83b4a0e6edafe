// Colours code at build time with the rules that Cloudscape's CodeView has at run time, which are no small download.

import { createRequire } from 'node:module';
import type { Token } from '../blocks.ts';

const require = createRequire(import.meta.url);
const { tokenize } = require('ace-code/src/ext/simple_tokenizer') as {
  tokenize(code: string, rules: unknown): { className?: string; value: string }[][];
};

/** Which rules a file's extension, or the language of a fenced block, has. The others stay as they are. */
const RULES: Record<string, [module: string, name: string]> = {
  sh: ['sh', 'ShHighlightRules'],
  py: ['python', 'PythonHighlightRules'],
  mjs: ['javascript', 'JavaScriptHighlightRules'],
  rs: ['rust', 'RustHighlightRules'],
  json: ['json', 'JsonHighlightRules'],
  yaml: ['yaml', 'YamlHighlightRules'],
};

export function coloured(code: string, language: string): Token[][] {
  const rules = RULES[language];
  if (!rules) return code.split('\n').map((line) => (line ? [[line]] : []));
  const [module, name] = rules;
  const Rules = require(`ace-code/src/mode/${module}_highlight_rules`)[name] as new () => unknown;
  return tokenize(code, new Rules()).map((line) =>
    line.map(({ value, className }): Token => (className ? [value, className] : [value])),
  );
}
