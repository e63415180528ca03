// Files become a published set: parsed, normalised, put together, checked. Either a whole set, or every problem found.
import { digest } from '../../base/digest.ts';
import { type Checked, readDocument } from '../../base/document.ts';
import { deepFreeze } from '../../base/freeze.ts';
import { beside, plainName, samePath } from '../../base/paths.ts';
import { bad, good, type Problem, type Result } from '../../base/result.ts';
import { check, type Finding } from './check.ts';
import type { Draft, Known } from './draft.ts';
import { normalFlow } from './normal.ts';
import { normalLine, normalLists, normalSelfTest } from './normal-lines.ts';
import { readRows } from './rows.ts';
import { flowSchema, type WrittenFlow } from './schema.ts';
import { linesSchema, type WrittenLines } from './schema-lines.ts';
import { name } from './schema-parts.ts';
import type { Flow, FlowSet, PublishedTable } from './set.ts';
import { sourcesOf, valuesOf } from './values.ts';
import { wording } from './wording.ts';

export type { Known } from './draft.ts';
export type SourceFile = { file: string; text: string };

const isYaml = (file: string): boolean => /\.ya?ml$/.test(file);
/** Files beside the flows that are none: their own rooms read them. */
const others: ReadonlySet<string> = new Set(['alert-policies', 'messages']);
const isFlow = (file: string): boolean => isYaml(file) && !others.has(plainName(file));

/**
 * Reads `lines.yaml`, the flow files and the CSV tables they name (a table's path is relative to its flow file).
 * @returns the set, or every error with its place; warnings do not refuse a set (see `examineFlows`)
 */
export function readFlows(files: readonly SourceFile[], known: Known): Result<FlowSet> {
  const { set, findings } = examineFlows(files, known);
  return set ? good(set) : bad(...findings.filter(isError).map(({ severity: _, ...problem }) => problem));
}

const isError = (finding: Finding): boolean => finding.severity === 'error';

/** The same with warnings: `set` is there when nothing is an error. */
export function examineFlows(files: readonly SourceFile[], known: Known): { set?: FlowSet; findings: Finding[] } {
  const draft = readDraft(files, known);
  if (!draft.ok) return { findings: draft.problems.map((problem) => ({ ...problem, severity: 'error' })) };
  const findings = check(draft.value);
  return findings.some(isError) ? { findings } : { set: draft.value.set, findings };
}

function readDraft(files: readonly SourceFile[], known: Known): Result<Draft> {
  const problems: Problem[] = [];
  const take = <T>(result: Result<T>): T | undefined => {
    if (result.ok) return result.value;
    problems.push(...result.problems);
    return undefined;
  };
  const linesFile = files.find(({ file }) => plainName(file) === 'lines' && isYaml(file));
  if (!linesFile)
    problems.push({ file: 'lines.yaml', message: 'there is no lines.yaml', hint: 'it names your numbers' });
  const lines = linesFile && take(readDocument(linesFile.file, linesFile.text, linesSchema, wording));
  const documents: Draft['documents'] = {};
  const flows: Record<string, Flow> = {};
  for (const { file, text } of files.filter((one) => one !== linesFile && isFlow(one.file)).sort(byName)) {
    const id = plainName(file);
    const named = name.safeParse(id);
    if (!named.success) {
      problems.push({ file, message: `the file's name is the flow's: ${named.error.issues[0]?.message}` });
      continue;
    }
    const before = documents[id];
    if (before)
      problems.push({ file, line: 1, column: 1, message: `the flow "${id}" stands in ${before.file} already` });
    const document = take(readDocument(file, text, flowSchema, wording));
    if (!document || before) continue;
    documents[id] = { file, locate: document.locate };
    const flow = take(readFlow(id, file, document, files, known));
    if (flow) flows[id] = flow;
  }
  const own = lines && take(readLines(lines));
  if (problems.length > 0 || !own || !lines) return bad(...problems);
  const sources = Object.values(flows).flatMap(sourcesOf);
  const content = { ...own, flows, values: valuesOf(sources) };
  const set: FlowSet = deepFreeze({ version: hash(content), ...content });
  return good({ set, sources, documents, lines, known });
}

const byName = (a: SourceFile, b: SourceFile) => (plainName(a.file) < plainName(b.file) ? -1 : 1);

function readLines(document: Checked<WrittenLines>): Result<Pick<FlowSet, 'lines' | 'lists' | 'selfTest'>> {
  const problems: Problem[] = [];
  const lists = normalLists(document, problems);
  const lines: FlowSet['lines'] = {};
  for (const i of document.value.lines.keys()) {
    const line = normalLine(document, i, problems);
    if (!line) continue;
    const before = lines[line.number];
    if (before)
      problems.push({
        ...document.locate(['lines', i, 'number']),
        message: `${line.number} is the line "${before.name}" already`,
        hint: 'a number enters one flow; remove one of the two',
      });
    lines[line.number] = line;
  }
  return problems.length > 0 ? bad(...problems) : good({ lines, lists, ...normalSelfTest(document.value) });
}

function readFlow(
  id: string,
  file: string,
  document: Checked<WrittenFlow>,
  files: readonly SourceFile[],
  known: Known,
): Result<Flow> {
  const problems: Problem[] = [];
  const tables: Record<string, PublishedTable> = {};
  for (const [name, table] of Object.entries(document.value.tables)) {
    if (!('csv' in table)) {
      tables[name] = table;
      continue;
    }
    const path = beside(file, table.csv);
    const source = files.find((one) => samePath(one.file, path));
    if (!source) {
      problems.push({
        ...document.locate(['tables', name, 'csv']),
        message: `there is no file ${path}`,
        hint: 'the path is relative to the flow file',
      });
      continue;
    }
    const rows = readRows(source.file, source.text, table);
    if (rows.ok) tables[name] = { ...table, rows: rows.value };
    else problems.push(...rows.problems);
  }
  const nodes = normalFlow(document, known, problems);
  const { name = id, language, start } = document.value;
  return problems.length > 0 ? bad(...problems) : good({ id, name, language, start, tables, nodes });
}

/** Content, not time: the same files are the same version on every machine. */
const hash = (content: unknown): string => digest([JSON.stringify(content)], 12);
