// Twilio's own words on what is allowed: its OpenAPI for requests to it, the SDK's builder types for documents to it. Nothing of ours.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';
import type TypeScript from 'typescript';
import type { XmlElement } from './xml.ts';

const require = createRequire(`${process.cwd()}/package.json`);
/** Required, not imported: an import reads all its megabytes once more to find out what it exports. */
const ts = require('typescript') as typeof TypeScript;

type Schema = { properties?: Record<string, object>; required?: string[] };
type Parameter = { name: string; in: 'query' | 'path' | 'header'; required?: boolean; schema: object };
type Operation = {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
};
type Api = { paths: Record<string, Record<string, Operation>>; components: object };

/** Checks of requests against twilio_api_v2010.json (npm @twilio/cli-core). */
export class RestContract {
  readonly #api: Api;
  readonly #ajv = new Ajv({ strict: false, coerceTypes: 'array', allErrors: true, validateFormats: false });
  readonly #checks = new Map<string, ValidateFunction>();

  constructor() {
    const file = require.resolve('@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json');
    this.#api = JSON.parse(readFileSync(file, 'utf8')) as Api;
  }

  /** What is wrong with a request, in Twilio's terms; empty when nothing is. `form` holds strings, or lists of them where a key came twice. */
  problems(method: string, path: string, form: Record<string, unknown>, query: Record<string, string> = {}): string[] {
    const found = Object.entries(this.#api.paths).find(([template, operations]) => {
      const pattern = new RegExp(`^${template.replace(/\./g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
      return pattern.test(path) && method.toLowerCase() in operations;
    });
    if (!found) return [`${method} ${path}: Twilio has no such operation`];
    const asked = this.#inQuery(`${method} ${found[0]}`, found[1][method.toLowerCase()]?.parameters ?? [], query);
    const schema = found[1][method.toLowerCase()]?.requestBody?.content['application/x-www-form-urlencoded']?.schema;
    if (!schema) return [...asked, ...Object.keys(form).map((name) => `${name}: this operation takes no body`)];
    const unknown = Object.keys(form).filter((name) => !(name in (schema.properties ?? {})));
    const check = this.#check(`${method} ${found[0]}`, schema);
    const valid = check(structuredClone(form));
    return [
      ...asked,
      ...unknown.map((name) => `${name}: no such parameter`),
      ...(valid ? [] : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)),
    ];
  }

  #inQuery(name: string, parameters: readonly Parameter[], query: Record<string, string>): string[] {
    const known = parameters.filter((one) => one.in === 'query');
    const properties = Object.fromEntries(known.map((one) => [one.name, one.schema]));
    const required = known.filter((one) => one.required).map((one) => one.name);
    const check = this.#check(`${name}?`, { properties, required });
    const unknown = Object.keys(query).filter((one) => !(one in properties));
    return [
      ...unknown.map((one) => `?${one}: no such parameter`),
      ...(check(structuredClone(query))
        ? []
        : (check.errors ?? []).map((error) => `?${error.instancePath} ${error.message}`)),
    ];
  }

  #check(name: string, schema: Schema): ValidateFunction {
    const known = this.#checks.get(name);
    if (known) return known;
    const made = this.#ajv.compile({ ...schema, components: this.#api.components });
    this.#checks.set(name, made);
    return made;
  }
}

/** `values`: the words an attribute may be; none: any text, number or truth of its type. */
type Attribute = { type: 'string' | 'number' | 'boolean' | 'words'; values: string[] };
type Verb = { attributes: Map<string, Attribute>; inside: Map<string, string> };

/** Which elements, nesting, attributes and words TwiML has, read from the types of the SDK's VoiceResponse. */
export class TwimlRules {
  readonly #verbs = new Map<string, Verb>();
  readonly #words = new Map<string, string[]>();
  readonly #shapes = new Map<string, Map<string, Attribute>>();

  constructor() {
    const file = require.resolve('twilio/lib/twiml/VoiceResponse.d.ts');
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
    const statements: TypeScript.Node[] = [];
    const walk = (node: TypeScript.Node): void => {
      statements.push(node);
      ts.forEachChild(node, walk);
    };
    walk(source);
    for (const node of statements)
      if (ts.isTypeAliasDeclaration(node)) this.#words.set(node.name.text, wordsOf(node.type));
    for (const node of statements)
      if (ts.isInterfaceDeclaration(node)) this.#shapes.set(node.name.text, this.#shape(node));
    for (const node of statements)
      if (ts.isClassDeclaration(node) && node.name) this.#verbs.set(node.name.text, this.#verb(node));
  }

  #shape(node: TypeScript.InterfaceDeclaration): Map<string, Attribute> {
    const members = node.members.filter(ts.isPropertySignature);
    return new Map(members.map((member) => [member.name.getText().replace(/['"]/g, ''), this.#attribute(member.type)]));
  }

  #attribute(type: TypeScript.TypeNode | undefined): Attribute {
    if (!type) return { type: 'string', values: [] };
    if (type.kind === ts.SyntaxKind.NumberKeyword) return { type: 'number', values: [] };
    if (type.kind === ts.SyntaxKind.BooleanKeyword) return { type: 'boolean', values: [] };
    const inner = ts.isArrayTypeNode(type) ? type.elementType : type;
    const name = inner.getText().replace(/^.*\./, '').replace(/\[\]$/, '');
    const values = this.#words.get(name) ?? wordsOf(inner);
    return values.length > 0 ? { type: 'words', values } : { type: 'string', values: [] };
  }

  #verb(node: TypeScript.ClassDeclaration): Verb {
    const inside = new Map<string, string>();
    const attributes = new Map<string, Attribute>();
    for (const member of node.members) {
      if (!ts.isMethodDeclaration(member)) continue;
      const made = member.type?.getText().replace(/^.*\./, '') ?? '';
      const element =
        /<([\w-]+)>/.exec(
          ts
            .getJSDocCommentsAndTags(member)
            .map((doc) => doc.getText())
            .join(' '),
        )?.[1] ?? made;
      inside.set(element, made);
    }
    for (const [name, attribute] of this.#shapes.get(`${node.name?.text}Attributes`) ?? [])
      attributes.set(name, attribute);
    return { inside, attributes };
  }

  /** What is wrong with a document; empty when nothing is. */
  problems(document: XmlElement): string[] {
    if (document.name !== 'Response') return [`<${document.name}> is no <Response>`];
    return this.#inside(document, 'VoiceResponse');
  }

  #inside(element: XmlElement, kind: string): string[] {
    const verb = this.#verbs.get(kind);
    return element.children.flatMap((child) => {
      const made = verb?.inside.get(child.name);
      if (!made) return [`<${child.name}> may not stand in <${element.name}>`];
      return [...this.#attributes(child, made), ...this.#inside(child, made)];
    });
  }

  #attributes({ name, attributes }: XmlElement, kind: string): string[] {
    const known = this.#verbs.get(kind)?.attributes ?? new Map<string, Attribute>();
    return Object.entries(attributes).flatMap(([key, value]) => {
      const attribute = known.get(key);
      if (!attribute) return [`<${name} ${key}>: no such attribute`];
      return fits(attribute, value) ? [] : [`<${name} ${key}="${value}">: not allowed`];
    });
  }
}

function fits({ type, values }: Attribute, value: string): boolean {
  if (type === 'number') return /^-?\d+(\.\d+)?$/.test(value);
  if (type === 'boolean') return value === 'true' || value === 'false';
  return type === 'string' || value.split(' ').every((word) => values.includes(word));
}

function wordsOf(type: TypeScript.TypeNode): string[] {
  const parts = ts.isUnionTypeNode(type) ? [...type.types] : [type];
  return parts.flatMap((part) =>
    ts.isLiteralTypeNode(part) && ts.isStringLiteral(part.literal) ? [part.literal.text] : [],
  );
}
